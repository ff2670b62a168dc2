import { expect, test } from 'vitest';
import type { Turn } from '../picture-run.ts';
import { CsvResults, MotResults } from './csv-results.ts';
import type { Found, ResultSink } from './found.ts';

/** What a sink writes for pictures. */
async function written(
  make: (output: ConstructorParameters<typeof MotResults>[0]) => ResultSink,
  pictures: readonly [name: string, detections: Found['detections']][],
): Promise<string> {
  let text = '';
  const nothing = async (): Promise<void> => {};
  const sink = make({
    async write(more) {
      text += more;
    },
    commit: nothing,
    discard: nothing,
  });
  const times = { decode: 0, preprocess: 0, inference: 0, postprocess: 0, total: 0 };
  for (const [index, [name, detections]] of pictures.entries()) {
    const source = { name, fileName: name, read: () => Promise.reject(new Error('not read')) };
    const turn: Turn = { source, index };
    await sink.add({ width: 10, height: 10, detections, times }, turn);
  }
  await sink.commit();
  return text;
}

const cup = { label: 'cup', classId: 47, score: 0.5, box: { x: 1.23456, y: 2, width: 3, height: 4 } };

test('CSV has names first, a line an object, and quotes where they are needed', async () => {
  expect(
    await written(
      (output) => new CsvResults(output, { tracked: false }),
      [
        ['a.jpg', []],
        ['b, "c".jpg', [cup, { ...cup, score: 1 / 3 }]],
      ],
    ),
  ).toBe(
    [
      'file,label,class_id,score,x,y,width,height',
      '"b, ""c"".jpg",cup,47,0.5,1.235,2,3,4',
      '"b, ""c"".jpg",cup,47,0.333333,1.235,2,3,4',
      '',
    ].join('\n'),
  );
});

test('CSV and MOT have the ids of tracks', async () => {
  const track = { ...cup, id: 7, state: 'found' as const };
  const pictures: [string, Found['detections']][] = [
    ['a.jpg', []],
    ['b.jpg', [track]],
  ];
  expect(await written((output) => new CsvResults(output, { tracked: true }), pictures)).toBe(
    'file,id,label,class_id,score,x,y,width,height\nb.jpg,7,cup,47,0.5,1.235,2,3,4\n',
  );
  expect(await written((output) => new MotResults(output), pictures)).toBe('2,7,1.235,2,3,4,0.5,47,-1\n');
});
