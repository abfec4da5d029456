export interface Import {
  specifier: string;
  /** `import type`: gone at run time. */
  typeOnly: boolean;
}

// After import or export come at most names, braces and stars before `from`: whatever else follows is a declaration.
const STATIC = /^[ \t]*(?:import|export)\s+(type\s)?\s*(?:[\w$*{},\s]+?\sfrom\s*)?['"]([^'"\n]+)['"]/gm;
const DYNAMIC = /(\btypeof\s+)?\b(?:import|require|require\.resolve|import\.meta\.resolve)\(\s*['"]([^'"\n]+)['"]/g;
const ENVIRONMENT =
  /\bprocess\s*(?:\.\s*env\b|\[\s*['"]env['"])|\bimport\s*\{[^}]*\benv\b[^}]*\}\s*from\s*['"](?:node:)?process['"]/;

/** What a source file imports, in the spellings that are used here. */
export function importsOf(source: string): Import[] {
  const code = withoutComments(source);
  return [...code.matchAll(STATIC), ...code.matchAll(DYNAMIC)].map(([, type, specifier = '']) => ({
    specifier,
    typeOnly: type !== undefined,
  }));
}

export function readsEnvironment(source: string): boolean {
  return ENVIRONMENT.test(withoutComments(source));
}

/** A comment starts a line or follows a space: the slashes of a URL and of a glob do not. */
function withoutComments(source: string): string {
  return source.replace(/(^|\s)\/\*.*?\*\//gs, '$1').replace(/(^|\s)\/\/.*$/gm, '$1');
}
