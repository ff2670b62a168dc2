import { SsdliteError } from '@ssdlite/layers';
import { expect, test } from 'vitest';
import { errorReport, exitCodeOf } from './error-report.ts';

const error = new SsdliteError('IMAGE_UNREADABLE', 'It is\n  damaged.', {
  next: 'Get it again.',
  cause: new Error('the reason below'),
});

test('An error is one line: code, what, next', () => {
  expect(errorReport(error)).toBe('error IMAGE_UNREADABLE: It is damaged. Get it again.\n');
});

test('The picture is named, unless the message does so', () => {
  expect(errorReport(error, { about: 'a.jpg' })).toContain(': a.jpg: It is damaged.');
  expect(errorReport(error, { about: 'damaged' })).toContain(': It is damaged.');
});

test('Stack and causes come when asked for', () => {
  const report = errorReport(error, { verbose: true });
  expect(report).toContain('    at ');
  expect(report).toContain('caused by: Error: the reason below');
});

test('An error that nobody foresaw says that it is a fault, and never hides', () => {
  expect(errorReport(new TypeError('x is undefined'))).toMatch(
    /^error INTERNAL: x is undefined\. This is a fault/,
  );
  expect(errorReport('text')).toMatch(/^error INTERNAL: text\./);
});

test('Wrong usage has exit code 2, everything else 1', () => {
  const codes = ['INVALID_ARGUMENT', 'UNKNOWN_CLASS', 'WRITE_FAILED', 'ENGINE_UNAVAILABLE'] as const;
  expect(codes.map((code) => exitCodeOf(new SsdliteError(code, '', { next: '' })))).toEqual([2, 2, 1, 1]);
  expect(exitCodeOf(new Error())).toBe(1);
});
