import { parseSync, Visitor } from 'oxc-parser';

export interface Import {
  specifier: string;
  /** `import type`: gone at run time. */
  typeOnly: boolean;
}

export interface Source {
  imports: Import[];
  readsEnvironment: boolean;
}

/** Callees that load or locate a module, besides `import`. */
const LOADERS = ['require', 'require.resolve', 'import.meta.resolve'];

/** What a source file imports, and whether it reads the environment. @throws Error when it does not parse */
export function readSource(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text, { sourceType: 'module' });
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  const imports: Import[] = [];
  let readsEnvironment = false;
  const textOf = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
  const add = (source: { value?: unknown } | null | undefined, typeOnly: boolean) => {
    if (typeof source?.value === 'string') imports.push({ specifier: source.value, typeOnly });
  };

  new Visitor({
    ImportDeclaration({ source, importKind, specifiers }) {
      add(source, importKind === 'type');
      const names = specifiers.flatMap((one) => (one.type === 'ImportSpecifier' ? [textOf(one.imported)] : []));
      if (/^(node:)?process$/.test(source.value) && names.includes('env')) readsEnvironment = true;
    },
    ExportNamedDeclaration: ({ source, exportKind }) => add(source, exportKind === 'type'),
    ExportAllDeclaration: ({ source, exportKind }) => add(source, exportKind === 'type'),
    ImportExpression: ({ source }) => add(source as { value?: unknown }, false),
    TSImportType: ({ source }) => add(source, true),
    CallExpression({ callee, arguments: [first] }) {
      if (LOADERS.includes(textOf(callee))) add(first as { value?: unknown } | undefined, false);
    },
    MemberExpression({ object, property }) {
      if (textOf(object) === 'process' && /^['"]?env['"]?$/.test(textOf(property))) readsEnvironment = true;
    },
  }).visit(program);
  return { imports, readsEnvironment };
}
