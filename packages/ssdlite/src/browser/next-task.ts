// A breath for the page between two pieces of work that would hold it up together.

/** Resolves in a task of its own: what waits, such as input and painting, comes first. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    // Timers would wait four milliseconds when many follow each other.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
