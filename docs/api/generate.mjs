// Writes the API reference as Markdown: one page for each import path, from the docstrings of what it exports.
// Run by `npm run docs:api` in this folder, with this folder's own packages: generate.mjs ENTRIES OUT
import { readFileSync } from 'node:fs';
import { Application, Comment, Converter } from 'typedoc';

/** @type {Record<string, string>} source file of each entry, by import path */
const entries = JSON.parse(process.argv[2] ?? '{}');

const application = await Application.bootstrapWithPlugins({
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: Object.values(entries),
  alwaysCreateEntryPointModule: true,
  out: process.argv[3],
  tsconfig: 'tsconfig.json',
  name: 'API reference',
  readme: 'none',
  // The same sources give the same bytes, in whatever clone and commit.
  disableSources: true,
  disableGit: true,
  sort: ['alphabetical'],
  excludeInternal: true,
  excludePrivate: true,
  // Types are checked by the workspace's own compiler.
  skipErrorChecking: true,
});
application.options.setValue('router', 'module');
application.options.setValue('hidePageHeader', true);
application.options.setValue('hideBreadcrumbs', true);
application.options.setValue('useCodeBlocks', true);
application.options.setValue('parametersFormat', 'table');
application.options.setValue('interfacePropertiesFormat', 'table');
application.options.setValue('typeDeclarationFormat', 'table');
application.options.setValue('expandParameters', true);

// TypeDoc names a module by its file; readers know it by what they import. What it is stands in the file's first line.
const names = new Map(Object.entries(entries).map(([name, file]) => [file, name]));
application.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
  if (reflection.parent !== context.project) return;
  const file = context.project.getSymbolIdFromReflection(reflection)?.fileName ?? '';
  reflection.name = names.get(file) ?? reflection.name;
  const [firstLine = ''] = readFileSync(file, 'utf8').split('\n', 1);
  const text = firstLine.replace(/^\/\/ [^:]*: (.)/, (_, letter) => letter.toUpperCase());
  reflection.comment ??= new Comment([{ kind: 'text', text }]);
});
// A destructured options object has no name of its own.
application.converter.on(Converter.EVENT_CREATE_PARAMETER, (_context, reflection) => {
  if (reflection.name === '__namedParameters') reflection.name = 'options';
});

const project = await application.convert();
if (project === undefined || application.logger.hasErrors()) process.exit(1);
await application.generateOutputs(project);
if (application.logger.hasErrors()) process.exit(1);
