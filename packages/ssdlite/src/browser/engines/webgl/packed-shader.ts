// Shaders over TensorFlow.js' packed textures, seen as matrices of texels: a texel holds two rows by two columns of a tensor.

import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import { getTextureShapeFromLogicalShape } from '@tensorflow/tfjs-backend-webgl/dist/webgl_util.js';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What a layer ends with, on the four numbers of a texel. */
const activations: Readonly<Record<string, string>> = {
  linear: 'sum',
  relu6: 'clamp(sum, 0.0, 6.0)',
};

/** A convolution's tensors. */
export interface ConvolutionInputs {
  /** `[n, h, w, channels]` */
  readonly x: TensorInfo;
  readonly kernel: TensorInfo;
  /** `[out]` */
  readonly bias: TensorInfo | undefined;
}

/** Texels that hold so many rows or columns. */
export function texelsFor(count: number): number {
  return Math.ceil(count / 2);
}

/**
 * Runs the shader of a convolution, which is compiled once for all sizes.
 *
 * @param options.code has a number for each of `uniforms`, and `xTexel(row, column)` and `kernelTexel(row, column)`; it makes `sum` of
 *   the texel at `row` and `column` of the output. Rows are all that comes before the last axis.
 */
export function runConvolution(
  backend: MathBackendWebGL,
  { x, kernel, bias }: ConvolutionInputs,
  options: {
    readonly outputShape: readonly number[];
    readonly uniforms: Readonly<Record<string, number>>;
    readonly activation: string;
    readonly code: string;
  },
): TensorInfo {
  const { outputShape, uniforms, activation, code } = options;
  const inputs = { x, kernel, ...(bias && { bias }) };
  const columns = {
    outColumns: texelsFor(outputShape.at(-1) ?? 1),
    ...Object.fromEntries(
      Object.entries(inputs).map(([name, { shape }]) => [`${name}Columns`, texelsFor(shape.at(-1) ?? 1)]),
    ),
  };
  const numbers = Object.entries({ ...columns, ...uniforms });
  const program = {
    variableNames: Object.keys(inputs),
    outputShape: [...outputShape],
    packedInputs: true,
    packedOutput: true,
    enableShapeUniforms: true,
    customUniforms: numbers.map(([name]) => ({ name, type: 'int' as const })),
    userCode: `
  ${Object.entries(inputs)
    .map(([name, { shape }]) => texelFunction(name, shape))
    .join('')}
  void main() {${Object.keys(inputs).map(texelSetup).join('')}
    int texel = int(gl_FragCoord.y) * (outTexShape[1] / 2) + int(gl_FragCoord.x);
    int row = texel / outColumns;
    int column = texel - row * outColumns;
    vec4 sum = ${bias ? 'biasTexel(0, column).xyxy' : 'vec4(0.0)'};
    ${code}
    setOutput(${activations[activation]});
  }`,
  };
  const values = numbers.map(([, value]) => [value]);
  return backend.runWebGLProgram(program, Object.values(inputs), 'float32', values);
}

/**
 * GLSL that finds a texel. Textures are as wide as their matrix, unless that would be too long for one. TensorFlow.js' own shaders
 * divide, to be right in either case, and do so for every odd number of columns; and `texture` is faster than `texelFetch` where
 * graphics run in software.
 */
function texelFunction(name: string, shape: readonly number[]): string {
  const [, width = 1] = getTextureShapeFromLogicalShape([...shape], true);
  const isMatrix = width / 2 === texelsFor(shape.at(-1) ?? 1);
  const number = `row * ${name}Columns + column`;
  const place = isMatrix ? 'column, row' : `(${number}) % ${name}Width, (${number}) / ${name}Width`;
  return `
  int ${name}Width;
  vec2 ${name}Scale;
  vec4 ${name}Texel(int row, int column) {
    return texture(${name}, (vec2(${place}) + 0.5) * ${name}Scale);
  }`;
}

/** What does not change from texel to texel. */
function texelSetup(name: string): string {
  return `
    ${name}Width = ${name}TexShape[1] / 2;
    ${name}Scale = 1.0 / vec2(${name}Width, ${name}TexShape[0] / 2);`;
}
