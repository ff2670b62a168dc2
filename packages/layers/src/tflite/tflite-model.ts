// The few tables of TensorFlow Lite's FlatBuffers format that our graphs need (schema.fbs version 3), written with flatbuffers.

import { Builder } from 'flatbuffers';

/** Values of the schema's enumerations. */
export const tfliteEnum = {
  padding: { same: 0, valid: 1 },
  activation: { linear: 0, relu6: 3 },
} as const;

const tensorType = { float32: 0, float16: 1, int32: 2 } as const;

type FieldType = 'int8' | 'int32' | 'float32';

interface Builtin {
  /** BuiltinOperator. */
  readonly code: number;
  /** The oldest version of the kernel that does what our graphs ask of it. */
  readonly version?: number;
  /** BuiltinOptions: which table the options are; 0 is none. */
  readonly options: number;
  /** Fields of that table, from its first on. */
  readonly fields: readonly FieldType[];
}

const builtins = {
  /** Activation. */
  add: { code: 0, options: 11, fields: ['int8'] },
  /** Axis, activation. */
  concatenation: { code: 2, options: 10, fields: ['int32', 'int8'] },
  /** Padding, stride in x, stride in y, activation. */
  conv2d: { code: 3, options: 1, fields: ['int8', 'int32', 'int32', 'int8'] },
  /** Padding, stride in x, stride in y, depth multiplier, activation. */
  depthwiseConv2d: { code: 4, options: 2, fields: ['int8', 'int32', 'int32', 'int32', 'int8'] },
  /** Float16 to float32. */
  dequantize: { code: 6, version: 3, options: 0, fields: [] },
  fullyConnected: { code: 9, options: 8, fields: [] },
  logistic: { code: 14, options: 0, fields: [] },
  /** The shape is its second input. */
  reshape: { code: 22, options: 0, fields: [] },
  /** Beta. */
  softmax: { code: 25, options: 9, fields: ['float32'] },
  /** Zeros before and after each axis are its second input. */
  pad: { code: 34, options: 0, fields: [] },
  /** Axis; which places of it, is its second input. */
  gather: { code: 36, options: 23, fields: ['int32'] },
  /** Whether axes are kept; which, is its second input. */
  mean: { code: 40, options: 27, fields: ['int8'] },
} as const satisfies Record<string, Builtin>;

export type TfliteOperatorName = keyof typeof builtins;

export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of constants: float32, float16 bits or int32. All other tensors are float32. */
  readonly data?: Float32Array | Uint16Array | Int32Array;
}

/** Tensors are numbered by their place in the graph's list. */
export interface TfliteOperator {
  readonly operator: TfliteOperatorName;
  readonly inputs: readonly number[];
  readonly output: number;
  /** The fields of its options, in the order that `builtins` gives. */
  readonly options?: readonly number[];
}

export interface TfliteGraph {
  readonly description: string;
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  /** Tensor by the name that callers use. */
  readonly inputs: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, number>>;
}

const schemaVersion = 3;
const fileIdentifier = 'TFL3';
/** `force_align` of the schema: kernels read constants where they lie in the file. */
const bufferAlignment = 16;

/** The bytes of a `.tflite` file. */
export function encodeTfliteModel(graph: TfliteGraph): Uint8Array<ArrayBuffer> {
  // Weights are nearly all of it; room for them from the start saves copying them as the buffer grows.
  const weightBytes = graph.tensors.reduce((sum, { data }) => sum + (data ? data.byteLength + 64 : 0), 0);
  const writer = new TableWriter(weightBytes + 2 ** 18);
  const names = [...new Set(graph.operators.map(({ operator }) => operator))];
  const buffers = graph.tensors.flatMap(({ data }) => (data ? [data] : []));
  const operatorCodes = names.map((name) => {
    const { code, version = 1 }: Builtin = builtins[name];
    // Field 0 is what runtimes older than 2020 read.
    return writer.table([
      [0, 'int8', code],
      [2, 'int32', version],
      [3, 'int32', code],
    ]);
  });
  // Buffer 0 is the empty one of tensors that are no constants.
  const bufferTables = [
    writer.table([]),
    ...buffers.map((data) => writer.table([[0, 'offset', writer.bytes(data)]])),
  ];
  const subgraph = writeSubgraph(writer, graph, names);
  const signature = writer.table([
    [0, 'offset', tensorMaps(writer, graph.inputs)],
    [1, 'offset', tensorMaps(writer, graph.outputs)],
    [2, 'offset', writer.text('serving_default')],
  ]);
  const model = writer.table([
    [0, 'int32', schemaVersion],
    [1, 'offset', writer.offsets(operatorCodes)],
    [2, 'offset', writer.offsets([subgraph])],
    [3, 'offset', writer.text(graph.description)],
    [4, 'offset', writer.offsets(bufferTables)],
    [7, 'offset', writer.offsets([signature])],
  ]);
  return writer.finish(model);
}

function writeSubgraph(
  writer: TableWriter,
  graph: TfliteGraph,
  names: readonly TfliteOperatorName[],
): number {
  let buffer = 0;
  const tensors = graph.tensors.map(({ name, shape, data }) =>
    writer.table([
      [0, 'offset', writer.integers(shape)],
      [1, 'int8', typeOf(data)],
      [2, 'int32', data ? ++buffer : 0],
      [3, 'offset', writer.text(name)],
    ]),
  );
  const operators = graph.operators.map(({ operator, inputs, output, options = [] }) => {
    const builtin: Builtin = builtins[operator];
    const fields = builtin.fields.map((type, slot): Field => [slot, type, options[slot] ?? 0]);
    return writer.table([
      [0, 'int32', names.indexOf(operator)],
      [1, 'offset', writer.integers(inputs)],
      [2, 'offset', writer.integers([output])],
      ...(builtin.options === 0
        ? []
        : ([
            [3, 'int8', builtin.options],
            [4, 'offset', writer.table(fields)],
          ] as const)),
    ]);
  });
  return writer.table([
    [0, 'offset', writer.offsets(tensors)],
    [1, 'offset', writer.integers(Object.values(graph.inputs))],
    [2, 'offset', writer.integers(Object.values(graph.outputs))],
    [3, 'offset', writer.offsets(operators)],
    [4, 'offset', writer.text('main')],
  ]);
}

function tensorMaps(writer: TableWriter, tensors: Readonly<Record<string, number>>): number {
  const maps = Object.entries(tensors).map(([name, tensor]) =>
    writer.table([
      [0, 'offset', writer.text(name)],
      [1, 'int32', tensor],
    ]),
  );
  return writer.offsets(maps);
}

function typeOf(data: TfliteTensor['data']): number {
  if (data instanceof Int32Array) return tensorType.int32;
  return data instanceof Uint16Array ? tensorType.float16 : tensorType.float32;
}

/** Place in the table, type, and value; of an offset, where what it points to was written. */
type Field = readonly [slot: number, type: FieldType | 'offset', value: number];

/** Writes tables as the schema's generated code does; each part before what points to it. */
class TableWriter {
  readonly #builder: Builder;

  constructor(initialBytes: number) {
    this.#builder = new Builder(initialBytes);
  }

  /** A field that is zero is written too: the schema's default is not zero everywhere. */
  table(fields: readonly Field[]): number {
    const builder = this.#builder;
    builder.startObject(Math.max(0, ...fields.map(([slot]) => slot + 1)));
    for (const [slot, type, value] of fields) {
      if (type === 'int8') builder.addFieldInt8(slot, value, null);
      else if (type === 'int32') builder.addFieldInt32(slot, value, null);
      else if (type === 'float32') builder.addFieldFloat32(slot, value, null);
      else builder.addFieldOffset(slot, value, 0);
    }
    return builder.endObject();
  }

  /** Little-endian, as every machine that runs JavaScript engines is. */
  bytes({ buffer, byteOffset, byteLength }: ArrayBufferView): number {
    this.#builder.prep(bufferAlignment, byteLength);
    return this.#builder.createByteVector(new Uint8Array(buffer, byteOffset, byteLength));
  }

  text(text: string): number {
    return this.#builder.createString(text);
  }

  integers(values: readonly number[]): number {
    this.#builder.startVector(4, values.length, 4);
    for (const value of values.toReversed()) this.#builder.addInt32(value);
    return this.#builder.endVector();
  }

  offsets(values: readonly number[]): number {
    this.#builder.startVector(4, values.length, 4);
    for (const value of values.toReversed()) this.#builder.addOffset(value);
    return this.#builder.endVector();
  }

  finish(root: number): Uint8Array<ArrayBuffer> {
    this.#builder.finish(root, fileIdentifier);
    return this.#builder.asUint8Array().slice();
  }
}
