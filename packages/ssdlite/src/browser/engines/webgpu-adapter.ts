// WebGPU adapters, and whether one is a graphics processor.

/** The browser's fastest adapter, if it has any. */
export async function requestAdapter(): Promise<GPUAdapter | undefined> {
  // Absent on pages that came by http, and in browsers without WebGPU.
  const gpu: GPU | undefined = navigator.gpu;
  return (await gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? undefined;
}

/** Why WebGPU will not do here, or why it would be slow; nothing of both if it is fit. */
export async function probeWebgpu(): Promise<{ readonly missing?: string; readonly slow?: string }> {
  if (!('gpu' in navigator))
    return {
      missing: isSecureContext ? 'this browser has no WebGPU' : 'WebGPU needs a page that came by https',
    };
  const adapter = await requestAdapter();
  if (!adapter) return { missing: 'WebGPU finds no graphics processor here' };
  return adapter.info.isFallbackAdapter
    ? { slow: `WebGPU runs in software here (${adapter.info.description || adapter.info.architecture})` }
    : {};
}
