import { expect, test } from 'vitest';
import { nameFormat } from './name-format.ts';

test.each([
  ['<!DOCTYPE html><html>', 'a web page'],
  ['\n  <html lang="en">', 'a web page'],
  ['\0\0\0\u0018ftypheic\0\0', 'a HEIC picture'],
  ['\0\0\0\u0018ftypisom\0\0', 'a video'],
  ['BM6\0\0\0', 'a BMP picture'],
  ['%PDF-1.7', 'a PDF'],
  ['8BPS\0\u0001', 'a Photoshop file'],
  ['P6\n2 2\n255\n', 'a PNM picture'],
  ['\0\0\u0001\0\u0001', 'an icon'],
  ['dear diary', 'text'],
  ['<svg width="', undefined],
  ['\0\0\0\u0018ftypavif\0\0', undefined],
  ['\u0089PNG\r\n\u001a\n', undefined],
])('%j is %s', (start, name) => {
  expect(nameFormat(Buffer.from(start, 'latin1'))).toBe(name);
});
