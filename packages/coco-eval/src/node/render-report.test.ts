// Pictures on their way into a report.

import { describe, expect, test } from 'vitest';
import { prepareEvaluation } from '../prepare-evaluation.ts';
import { evaluationReport } from '../report/evaluation-report.ts';
import { petDetections, pets } from '../report/fixtures/pets.ts';
import { addPictures } from './render-report.ts';

const report = evaluationReport(prepareEvaluation(pets, petDetections));
const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);

describe('pictures', () => {
  test('are read once each, from the folder, and told by their first bytes', async () => {
    const asked: string[] = [];
    const made = await addPictures(report, {
      folder: '/pictures',
      read: async (path) => {
        asked.push(path);
        return jpeg;
      },
    });
    expect(asked).toEqual(['/pictures/one.png', '/pictures/two.png']);
    expect([made.missing, made.leftOut]).toEqual([[], []]);
    expect(made.report.pictures.map(({ source }) => source)).toEqual(
      Array.from({ length: 3 }, () => 'data:image/jpeg;base64,/9j/4A=='),
    );
  });

  test('that would make the page too large are left out, and smaller ones are not', async () => {
    const read = async (path: string) => (path.endsWith('one.png') ? new Uint8Array([...jpeg, 0]) : jpeg);
    const { missing, leftOut } = await addPictures(report, { folder: '/pictures', read, mostBytes: 4 });
    expect([missing, leftOut]).toEqual([[], ['one.png']]);
  });

  test('that are no pictures are told', async () => {
    const { missing } = await addPictures(report, { folder: '/p', read: async () => Uint8Array.of(1, 2, 3) });
    expect(missing).toEqual(['one.png', 'two.png']);
  });
});
