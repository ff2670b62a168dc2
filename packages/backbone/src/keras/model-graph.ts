// The configuration of a Keras model as one graph of layers, with nested models opened up.

import { type JsonValue, SsdliteError } from '@ssdlite/layers';

/** A layer that is called once. */
export interface KerasLayer {
  /** Its name after those of the models it is nested in. */
  readonly path: readonly string[];
  readonly name: string;
  /** Keras' name of the class, e.g. `Conv2D`. */
  readonly kind: string;
  readonly config: JsonValue;
  /** Ids of the layers that it reads. */
  readonly inputs: readonly string[];
  /** What it was called with beside other layers' outputs: by name, or without one. */
  readonly constants: readonly { readonly name: string | undefined; readonly value: unknown }[];
}

/** Layers by id; an id is a path joined by slashes. */
export interface KerasGraph {
  readonly layers: ReadonlyMap<string, KerasLayer>;
  /** Id of what the model reads. */
  readonly input: string;
  /** Id of the layer whose output is the model's. */
  readonly output: string;
  /** Pixels; undefined if the model takes any. */
  readonly inputSize: { readonly height: number; readonly width: number } | undefined;
}

/**
 * Opens a model up.
 *
 * @param model `{ class_name, config }` as Keras 2, Keras 3 and TensorFlow.js write it
 * @throws SsdliteError `WEIGHTS_UNSUPPORTED` for subclassed models, several inputs or outputs, and layers that are called twice;
 * `WEIGHTS_DAMAGED` for a configuration with gaps
 */
export function readModelGraph(model: JsonValue): KerasGraph {
  const builder = new GraphBuilder();
  const output = builder.model(model, { path: [], source: undefined });
  return builder.finish(output);
}

interface Where {
  readonly path: readonly string[];
  /** Id of what a nested model reads; undefined for the outermost. */
  readonly source: string | undefined;
}

class GraphBuilder {
  readonly #layers = new Map<string, KerasLayer>();
  /** What an id stands for: the input of a nested model, or a nested model as a whole. */
  readonly #aliases = new Map<string, string>();
  readonly #sizes: { height: number; width: number }[] = [];
  #input: string | undefined;

  finish(output: string): KerasGraph {
    const input = this.#input ?? '';
    const layers = new Map(
      [...this.#layers].map(([id, layer]) => {
        const inputs = layer.inputs.map((read) => this.#resolve(read));
        const unknown = inputs.find((read) => read !== input && !this.#layers.has(read));
        if (unknown !== undefined)
          throw damaged(`Layer '${layer.name}' reads '${unknown}', which there is not`, unknown);
        return [id, { ...layer, inputs }];
      }),
    );
    const [inputSize, ...otherSizes] = this.#sizes;
    const other = otherSizes.find(
      ({ height, width }) => height !== inputSize?.height || width !== inputSize.width,
    );
    if (other) {
      throw unsupported(
        'A model within the model has another input size',
        `${other.height} x ${other.width}`,
      );
    }
    return { layers, input, output: this.#resolve(output), inputSize };
  }

  /** Adds a model's layers; returns the id of its output. */
  model(model: JsonValue, where: Where): string {
    const kind = model.get('class_name').string();
    const config = model.get('config');
    // Keras of long ago wrote a Sequential's layers without anything around them.
    if (Array.isArray(config.value)) return this.#sequential(config, config.items(), where);
    if (!config.get('layers').present) {
      throw unsupported(
        `The model is of a class of its own, '${kind}', whose layers the file does not tell`,
        kind,
      );
    }
    if (config.get('input_layers').present) return this.#functional(config, where);
    return this.#sequential(config, config.get('layers').items(), where);
  }

  #functional(config: JsonValue, where: Where): string {
    const inputs = layerNames(config.get('input_layers').value);
    const outputs = layerNames(config.get('output_layers').value);
    const modelName = textOf(config.get('name')) ?? 'model';
    if (inputs.length !== 1 || outputs.length !== 1) {
      throw unsupported(`'${modelName}' reads ${listed(inputs)} and gives ${listed(outputs)}, not one each`, [
        inputs,
        outputs,
      ]);
    }
    const id = (name: string): string => [...where.path, name].join('/');
    for (const layer of config.get('layers').items()) {
      const name = textOf(layer.get('name')) ?? layer.get('config').get('name').string();
      const calls = layer.get('inbound_nodes').items();
      if (calls.length > 1) throw unsupported(`Layer '${name}' is used ${calls.length} times`, name);
      const { names, constants } = readCall(calls[0]?.value);
      const read = names.map(id);
      if (name === inputs[0]) this.#enter(layer, id(name), where.source);
      else this.#layer(layer, { path: [...where.path, name], inputs: read, constants });
    }
    return id(outputs[0] ?? '');
  }

  #sequential(config: JsonValue, layers: readonly JsonValue[], where: Where): string {
    let last = where.source;
    for (const [index, layer] of layers.entries()) {
      const name = textOf(layer.get('config').get('name')) ?? `layer_${index}`;
      const path = [...where.path, name];
      const isInput = layer.get('class_name').string() === 'InputLayer';
      if (index === 0 && (isInput || last === undefined)) {
        const id = isInput ? path.join('/') : [...where.path, 'input'].join('/');
        this.#enter(layer, id, where.source);
        if (!isInput && !Array.isArray(config.value))
          this.#size(config.get('build_input_shape'), where.source);
        last = id;
      }
      if (isInput) continue;
      this.#layer(layer, { path, inputs: last === undefined ? [] : [last], constants: [] });
      last = path.join('/');
    }
    if (last === undefined) throw unsupported('The model has no layers', layers.length);
    return last;
  }

  #layer(layer: JsonValue, call: Pick<KerasLayer, 'path' | 'inputs' | 'constants'>): void {
    const { path, inputs } = call;
    const id = path.join('/');
    if (this.#layers.has(id) || this.#aliases.has(id)) throw damaged(`Layer '${id}' is there twice`, id);
    const config = layer.get('config');
    if (Array.isArray(config.value) || config.get('layers').present) {
      const [source] = inputs;
      if (source === undefined || inputs.length > 1) {
        throw unsupported(`The nested model '${id}' reads ${inputs.length} layers`, inputs);
      }
      this.#aliases.set(id, this.model(layer, { path, source }));
      return;
    }
    const kind = layer.get('class_name').string();
    this.#layers.set(id, { ...call, name: path.at(-1) ?? '', kind, config });
  }

  /** A model's input: what the outermost reads, or another name for what a nested one is given. */
  #enter(layer: JsonValue, id: string, source: string | undefined): void {
    const config = layer.get('config');
    if (!Array.isArray(config.value)) {
      this.#size(config.get('batch_shape'), source);
      this.#size(config.get('batch_input_shape'), source);
    }
    if (source === undefined) this.#input = id;
    else this.#aliases.set(id, source);
  }

  #size(shape: JsonValue, source: string | undefined): void {
    if (!Array.isArray(shape.value)) return;
    const [, height, width, channels]: readonly unknown[] = shape.value;
    if (shape.value.length !== 4 || channels !== 3) {
      // A nested head takes what it gets.
      if (source !== undefined) return;
      throw unsupported(
        `The model takes pictures of the shape [${shape.value.slice(1).join(', ')}]`,
        shape.value,
      );
    }
    if (typeof height === 'number' && typeof width === 'number') this.#sizes.push({ height, width });
  }

  #resolve(id: string): string {
    let at = id;
    for (let step = 0; step <= this.#aliases.size; step++) {
      const next = this.#aliases.get(at);
      if (next === undefined) return at;
      at = next;
    }
    throw damaged(`'${id}' stands for itself`, id);
  }
}

/** Names from `[["a", 0, 0]]`, or, in newer files with one, `["a", 0, 0]`. */
function layerNames(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  if (typeof value[0] === 'string') return [value[0]];
  return value.flatMap(layerNames);
}

interface Call {
  readonly names: readonly string[];
  readonly constants: KerasLayer['constants'];
}

/** What a layer is called with: Keras 3 writes `{ args, kwargs }`, Keras 2 lists of `[name, node, tensor, kwargs]`. */
function readCall(call: unknown): Call {
  if (isRecord(call)) return gather(call.args, call.kwargs);
  if (!Array.isArray(call)) return { names: [], constants: [] };
  const references: unknown[] = typeof call[0] === 'string' ? [call] : call;
  const calls = references.map((reference): Call => {
    const [name, , , kwargs]: readonly unknown[] = Array.isArray(reference) ? reference : [];
    const { names, constants } = gather([], kwargs);
    return { names: typeof name === 'string' ? [name, ...names] : names, constants };
  });
  return {
    names: calls.flatMap(({ names }) => names),
    constants: calls.flatMap(({ constants }) => constants),
  };
}

function gather(args: unknown, kwargs: unknown): Call {
  const values = [
    ...(Array.isArray(args) ? args : []).map((value: unknown) => ({ name: undefined, value })),
    ...(isRecord(kwargs) ? Object.entries(kwargs) : []).map(([name, value]) => ({ name, value })),
  ];
  return {
    names: values.flatMap(({ value }) => tensorNames(value)),
    constants: values.filter(({ value }) => tensorNames(value).length === 0),
  };
}

/** Names of the layers whose outputs a value has in it. */
function tensorNames(value: unknown): string[] {
  if (Array.isArray(value)) {
    const [name, node, tensor]: readonly unknown[] = value;
    const isReference = typeof name === 'string' && Number.isInteger(node) && Number.isInteger(tensor);
    return isReference ? [name] : value.flatMap(tensorNames);
  }
  if (!isRecord(value) || value.class_name !== '__keras_tensor__' || !isRecord(value.config)) return [];
  const history = value.config.keras_history;
  return Array.isArray(history) && typeof history[0] === 'string' ? [history[0]] : [];
}

function listed(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(' and ') || 'nothing';
}

function textOf(json: JsonValue): string | undefined {
  return typeof json.value === 'string' ? json.value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function damaged(what: string, value: unknown): SsdliteError {
  return new SsdliteError('WEIGHTS_DAMAGED', `The Keras model cannot be used: ${what}.`, {
    value,
    next: 'Save the model again.',
  });
}

function unsupported(what: string, value: unknown): SsdliteError {
  return new SsdliteError('WEIGHTS_UNSUPPORTED', `The Keras model is not read: ${what}.`, {
    value,
    next: 'Read are MobileNets of keras.applications, with a head of pooling and one dense layer, as Functional or Sequential models.',
  });
}
