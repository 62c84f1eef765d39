// Draws exported definitions of a TypeScript project and asks the compiler's language service for their references.
//
//     node oracle.mjs FOLDER COUNT SEED TYPESCRIPT.js > truth.json
//
// Every `.ts`, `.tsx`, `.js` and `.jsx` below FOLDER is part of the program, under FOLDER/tsconfig.json; nothing is
// installed, so what comes from packages has no types. Then reads places from standard input, one JSON list, and says for
// each whether go-to-definition leads to the definition: see __main__.py.

import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [folder, count, seed, typescript] = process.argv.slice(2);
const ts = createRequire(import.meta.url)(path.resolve(typescript));
const root = path.resolve(folder);

const files = [];
const walk = (at) => {
  for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
    const full = path.join(at, entry.name);
    if (entry.isDirectory()) {
      if (!['node_modules', '.next', '.git'].includes(entry.name)) walk(full);
    } else if (/\.[cm]?[jt]sx?$/.test(entry.name)) files.push(full);
  }
};
walk(root);
files.sort();

const config = ts.parseConfigFileTextToJson('tsconfig.json', fs.readFileSync(path.join(root, 'tsconfig.json'), 'utf8'));
const { options } = ts.parseJsonConfigFileContent({ ...config.config, files: [], include: [] }, ts.sys, root);
const host = {
  getScriptFileNames: () => files,
  getScriptVersion: () => '1',
  getScriptSnapshot: (name) => (fs.existsSync(name) ? ts.ScriptSnapshot.fromString(fs.readFileSync(name, 'utf8')) : undefined),
  getCurrentDirectory: () => root,
  getCompilationSettings: () => ({ ...options, types: [], plugins: [], allowJs: true, noEmit: true }),
  getDefaultLibFileName: (it) => ts.getDefaultLibFilePath(it),
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
};
const service = ts.createLanguageService(host, ts.createDocumentRegistry());
const program = service.getProgram();

const isTest = (file) => /(__tests__|__mocks__|\.test\.|\.spec\.|\/tests?\/)/.test(file);
const found = [];
for (const file of files.filter((it) => !isTest(it) && /\.tsx?$/.test(it) && !it.endsWith('.d.ts'))) {
  const source = program.getSourceFile(file);
  for (const statement of source.statements) {
    if (!statement.modifiers?.some((it) => it.kind === ts.SyntaxKind.ExportKeyword)) continue;
    const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
    for (const it of declared) {
      if (it.name && ts.isIdentifier(it.name)) found.push({ file, at: it.name.getStart(source), name: it.name.text, kind: ts.SyntaxKind[it.kind] });
    }
  }
}

// Mulberry32.
let state = Number(seed);
const next = () => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const drawn = [];
while (drawn.length < Number(count) && found.length) drawn.push(found.splice(Math.floor(next() * found.length), 1)[0]);

const place = (file, start) => {
  const at = program.getSourceFile(file).getLineAndCharacterOfPosition(start);
  return [path.relative(path.dirname(root), file), at.line + 1, at.character + 1];
};
const truth = drawn.map((it) => {
  const groups = service.findReferences(it.file, it.at) ?? [];
  const all = groups.flatMap((group) => group.references).filter((ref) => !ref.isInString && ref.fileName.startsWith(root));
  const named = all.filter((ref) => program.getSourceFile(ref.fileName).text.substr(ref.textSpan.start, ref.textSpan.length) !== 'this');
  const own = named.filter((ref) => !(ref.fileName === it.file && ref.textSpan.start === it.at));
  return { ...it, place: place(it.file, it.at), references: own.map((ref) => place(ref.fileName, ref.textSpan.start)) };
});

// Whether go-to-definition leads from a place to a definition: "yes", "no" or "nowhere".
const asked = JSON.parse(fs.readFileSync(0, 'utf8') || '[]');
const led = asked.map(({ place: [file, line, column], to }) => {
  const full = path.join(path.dirname(root), file);
  const source = program.getSourceFile(full);
  if (!source) return 'nowhere';
  const at = source.getPositionOfLineAndCharacter(line - 1, column - 1);
  const ends = (service.getDefinitionAtPosition(full, at) ?? []).map((it) => place(it.fileName, it.textSpan.start).join(':'));
  if (!ends.length) return 'nowhere';
  return ends.includes(to.join(':')) ? 'yes' : 'no';
});
console.log(JSON.stringify({ truth, led }));
