// Pixels times a kernel, in WebAssembly: a module of one function, put together instruction by instruction, that works in the memory of
// another module. An int8 kernel is never decoded as a whole: eight columns at a time become float32, and meet all pixels.

/** Addresses in the memory that the function was made for, and sizes. */
export interface PixelProduct {
  /** float32 `[pixels, inputs]` */
  readonly x: number;
  /** `[inputs, outputs]`: int8 (see `KernelBlocks` of `@ssdlite/layers`), or float32. */
  readonly values: number;
  /** Of an int8 kernel: float32 `[ceil(inputs / 32), outputs]`. 0: the kernel is float32. */
  readonly scales: number;
  /** float32 `[outputs]` */
  readonly bias: number;
  /** float32 `[pixels, outputs]`, which is written. */
  readonly out: number;
  /** Room for 8 * inputs float32 numbers. */
  readonly panel: number;
  readonly pixels: number;
  readonly inputs: number;
  /** At least 8. */
  readonly outputs: number;
  /** Limits of what is written: the activation. */
  readonly low: number;
  readonly high: number;
}

/** Columns of one step, which are two vectors, and most pixels of one: their sums fill half of the registers. */
const columns = 8;
const tilePixels = 4;

/**
 * Makes the function for a memory that is not shared.
 *
 * @throws WebAssembly.CompileError where there are no fused multiply-adds (relaxed SIMD), without which XNNPACK is faster
 */
export function pixelProduct(memory: WebAssembly.Memory): (product: PixelProduct) => void {
  const module = new WebAssembly.Module(moduleBytes());
  const { multiply } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    readonly multiply: (...numbers: readonly number[]) => void;
  };
  return (product) => multiply(...parameters.map((name) => product[name]));
}

type Code = readonly (number | Code)[];

const i32 = 0x7f;
const f32 = 0x7d;
const v128 = 0x7b;

const addresses = ['x', 'values', 'scales', 'bias', 'out', 'panel', 'pixels', 'inputs', 'outputs'] as const;
const parameters = [...addresses, 'low', 'high'] as const;
const numbers = [
  'column',
  'next',
  'row',
  'left',
  'from',
  'to',
  'panelEnd',
  'panelEnd4',
  'inputBytes',
  'outputBytes',
];
const pixelsOfTile = Array.from({ length: tilePixels }, (_, pixel) => pixel);
const pixelPointers = pixelsOfTile.map((pixel) => `pixel${pixel}`);
const sums = pixelsOfTile.flatMap((pixel) => [`sum${pixel}a`, `sum${pixel}b`]);
const vectors = [
  'lowest',
  'highest',
  'eight',
  'scaleA',
  'scaleB',
  'biasA',
  'biasB',
  'weightA',
  'weightB',
  'value',
  ...sums,
];
const integers = [...numbers, ...pixelPointers];
const locals: readonly string[] = [...parameters, ...integers, ...vectors];

// Instructions by their names in the specification: webassembly.github.io/spec/core/binary/instructions.html
const get = (local: string): Code => [0x20, locals.indexOf(local)];
const set = (local: string, ...value: Code): Code => [value, 0x21, locals.indexOf(local)];
const constant = (value: number): Code => [0x41, signed(value)];
const [add, subtract, and, shiftLeft, isZero, less, greater, atLeast] = [
  0x6a, 0x6b, 0x71, 0x74, 0x45, 0x49, 0x4b, 0x4f,
];
const [block, loop, ifThen, otherwise, end, branch, branchIf] = [
  [0x02, 0x40],
  [0x03, 0x40],
  [0x04, 0x40],
  0x05,
  0x0b,
  0x0c,
  0x0d,
];
const vector = (opcode: number, ...rest: Code): Code => [0xfd, unsigned(opcode), rest];
const load = (offset: number): Code => vector(0x00, 2, unsigned(offset));
const loadToAll = (offset: number): Code => vector(0x09, 2, unsigned(offset));
const loadEightInt8 = vector(0x01, 0, 0);
const store = (offset: number): Code => vector(0x0b, 2, unsigned(offset));
const [lowFour, highFour, toFloat, toAll] = [vector(0xa7), vector(0xa8), vector(0xfa), vector(0x13)];
const [times, smaller, larger, multiplyAdd] = [vector(0xe6), vector(0xe8), vector(0xe9), vector(0x105)];

const plus = (local: string, by: Code): Code => [get(local), by, add];
const advance = (local: string, by: number): Code => set(local, plus(local, constant(by)));
const bytesOf = (count: string): Code => [get(count), constant(2), shiftLeft];
const whileTrue = (condition: Code, body: Code): Code => [
  [block, loop, condition, isZero, branchIf, 1],
  [body, branch, 0, end, end],
];

/** Eight columns of a float32 kernel, one after the other. */
const copyPanel: Code = [
  set('from', plus('values', bytesOf('column'))),
  [set('to', get('panel')), set('row', constant(0))],
  whileTrue(
    [get('row'), get('inputs'), less],
    [
      [get('to'), get('from'), load(0), store(0)],
      [get('to'), get('from'), load(16), store(16)],
      [set('from', plus('from', get('outputBytes'))), advance('to', 32), advance('row', 1)],
    ],
  ),
];

/** The same of an int8 kernel as float32: each weight an int8 times its scale, rounded once, as `Math.fround` does. */
const decodePanel: Code = [
  set('from', plus('values', get('column'))),
  set('next', plus('scales', bytesOf('column'))),
  [set('to', get('panel')), set('row', constant(0))],
  whileTrue(
    [get('row'), get('inputs'), less],
    [
      // A block of 32 rows begins.
      [get('row'), constant(31), and, isZero, ifThen],
      [set('scaleA', get('next'), load(0)), set('scaleB', get('next'), load(16))],
      [set('next', plus('next', get('outputBytes'))), end],
      set('eight', get('from'), loadEightInt8),
      [get('to'), get('eight'), lowFour, toFloat, get('scaleA'), times, store(0)],
      [get('to'), get('eight'), highFour, toFloat, get('scaleB'), times, store(16)],
      [set('from', plus('from', get('outputs'))), advance('to', 32), advance('row', 1)],
    ],
  ),
];

/** Sums of some pixels over `count` inputs. */
function sumInputs(pixels: readonly number[], count: number): Code {
  const inputs = Array.from(
    { length: count },
    (_, input): Code => [
      set('weightA', get('from'), load(32 * input)),
      set('weightB', get('from'), load(32 * input + 16)),
      pixels.map(
        (pixel): Code => [
          set('value', get(`pixel${pixel}`), loadToAll(4 * input)),
          ['A', 'B'].map((half): Code => {
            const sum = `sum${pixel}${half.toLowerCase()}`;
            return set(sum, get('value'), get(`weight${half}`), get(sum), multiplyAdd);
          }),
        ],
      ),
    ],
  );
  return [inputs, advance('from', 32 * count), pixels.map((pixel) => advance(`pixel${pixel}`, 4 * count))];
}

/** The next pixels: from the bias to what is written. Each pointer ends where the pixel after it begins. */
function tile(pixels: readonly number[]): Code {
  const last = pixels.length - 1;
  return [
    set('pixel0', get('row')),
    pixels.slice(1).map((pixel) => set(`pixel${pixel}`, plus(`pixel${pixel - 1}`, get('inputBytes')))),
    pixels.map((pixel) => [set(`sum${pixel}a`, get('biasA')), set(`sum${pixel}b`, get('biasB'))]),
    set('from', get('panel')),
    whileTrue([get('from'), get('panelEnd4'), less], sumInputs(pixels, 4)),
    whileTrue([get('from'), get('panelEnd'), less], sumInputs(pixels, 1)),
    pixels.map(
      (pixel): Code => [
        ['a', 'b'].map((half, index): Code => {
          const limited = [get(`sum${pixel}${half}`), get('lowest'), larger, get('highest'), smaller];
          return [get('to'), limited, store(16 * index)];
        }),
        set('to', plus('to', get('outputBytes'))),
      ],
    ),
    [set('row', get(`pixel${last}`)), advance('left', -pixels.length)],
  ];
}

const multiplyAll: Code = [
  [set('lowest', get('low'), toAll), set('highest', get('high'), toAll)],
  [set('inputBytes', bytesOf('inputs')), set('outputBytes', bytesOf('outputs'))],
  set('panelEnd', plus('panel', [get('inputs'), constant(5), shiftLeft])),
  set('panelEnd4', plus('panel', [get('inputs'), constant(-4), and, constant(5), shiftLeft])),
  whileTrue(
    [get('column'), get('outputs'), less],
    [
      // The last columns are eight as well: some of them once more.
      [get('column'), get('outputs'), constant(columns), subtract, greater, ifThen],
      [set('column', get('outputs'), constant(columns), subtract), end],
      [get('scales'), ifThen, decodePanel, otherwise, copyPanel, end],
      set('biasA', plus('bias', bytesOf('column')), load(0)),
      set('biasB', plus('bias', bytesOf('column')), load(16)),
      [set('row', get('x')), set('to', plus('out', bytesOf('column'))), set('left', get('pixels'))],
      whileTrue([get('left'), constant(tilePixels), atLeast], tile(pixelsOfTile)),
      whileTrue([get('left'), constant(0), greater], tile([0])),
      advance('column', columns),
    ],
  ),
];

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const sized = (code: Code): Code => [unsigned(flat(code).length), code];
  const section = (id: number, ...content: Code): Code => [id, sized(content)];
  const text = (name: string): Code => sized([...new TextEncoder().encode(name)]);
  const types: Code = [addresses.map(() => i32), f32, f32];
  const code = [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, 1, 0x60, sized(types), 0),
    // A memory of any size.
    section(2, 1, text('env'), text('memory'), 2, 0, 0),
    section(3, 1, 0),
    section(7, 1, text('multiply'), 0, 0),
    section(10, 1, sized([[2, integers.length, i32, vectors.length, v128], multiplyAll, end])),
  ];
  return Uint8Array.from(flat(code));
}

function flat(code: Code): number[] {
  return code.flatMap((part) => (typeof part === 'number' ? part : flat(part)));
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, signed(value >> 7)];
}
