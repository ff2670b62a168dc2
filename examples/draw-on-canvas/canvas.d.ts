// `canvas` is not installed in this workspace (see README.md); what the script needs of it is the same as here.

declare module 'canvas' {
  export { createCanvas } from '@napi-rs/canvas';
}
