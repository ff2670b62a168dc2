import { expect, test } from 'vitest';
import { importOptional } from './optional-package.ts';

test('A package that is not installed is named, with how to install it', async () => {
  const missing: string = 'no-such-package-anywhere';
  await expect(importOptional(missing, () => import(missing))).rejects.toMatchObject({
    name: 'SsdliteError',
    code: 'OPTIONAL_DEPENDENCY_MISSING',
    message: expect.stringContaining('npm install no-such-package-anywhere'),
  });
});

test('A package that is there is given as it is', async () => {
  expect(await importOptional('a', async () => ({ answer: 42 }))).toEqual({ answer: 42 });
});
