// @ssdlite/tune/node: tuning with what was seen kept on disk.

export * from '../index.ts';
export { FolderStore } from './folder-store.ts';
