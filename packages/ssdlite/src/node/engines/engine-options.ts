// What a caller can say to the engines of Node.

export interface NodeEngineOptions {
  /** Threads of one inference; the engine's own choice (all cores) if left out. Only onnxruntime-node takes it. */
  readonly threads?: number | undefined;
}
