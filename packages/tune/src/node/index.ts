// @ssdlite/tune/node: tuning on pictures in a folder, with what was seen on disk.

export * from '../index.ts';
export { type AnnotatedPicture, type AnnotatedPictures, annotatedPictures } from './annotated-pictures.ts';
export { FolderStore } from './folder-store.ts';
