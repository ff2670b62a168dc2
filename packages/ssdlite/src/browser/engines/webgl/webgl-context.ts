// WebGL 2 contexts for computing, and whether the browser draws them on a graphics processor.

/** As TensorFlow.js wants its contexts. */
const attributes = {
  alpha: false,
  antialias: false,
  premultipliedAlpha: false,
  preserveDrawingBuffer: false,
  depth: false,
  stencil: false,
} as const satisfies WebGLContextAttributes;

/**
 * A context of its own.
 *
 * @param options.hardware only one that is drawn by hardware
 */
export function makeWebglContext({ hardware = false } = {}): WebGL2RenderingContext | undefined {
  const canvas =
    typeof OffscreenCanvas === 'undefined' ? document.createElement('canvas') : new OffscreenCanvas(1, 1);
  const options = { ...attributes, failIfMajorPerformanceCaveat: hardware };
  const gl = canvas.getContext('webgl2', options) as WebGL2RenderingContext | null;
  if (!gl) return undefined;
  // What TensorFlow.js switches in the contexts that it makes itself.
  for (const off of [
    gl.DEPTH_TEST,
    gl.STENCIL_TEST,
    gl.BLEND,
    gl.DITHER,
    gl.POLYGON_OFFSET_FILL,
    gl.SAMPLE_COVERAGE,
  ])
    gl.disable(off);
  for (const on of [gl.SCISSOR_TEST, gl.CULL_FACE]) gl.enable(on);
  gl.cullFace(gl.BACK);
  return gl;
}

/** Why WebGL will not do here, or why it would be slow; nothing of both if it is fit. */
export function probeWebgl(): { readonly missing?: string; readonly slow?: string } {
  const gl = makeWebglContext();
  if (!gl) return { missing: 'this browser has no WebGL 2' };
  try {
    if (!gl.getExtension('EXT_color_buffer_float') && !gl.getExtension('EXT_color_buffer_half_float'))
      return { missing: 'its WebGL cannot compute with floating-point numbers' };
    const renderer = String(
      gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER),
    );
    const software = /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
    return software ? { slow: `WebGL runs in software here (${renderer})` } : {};
  } finally {
    gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}
