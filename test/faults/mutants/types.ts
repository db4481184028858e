import { resolve } from "node:path";
import ts from "typescript";

// What is unused or never reached is only left over by the mutant.
const leftOver = [6133, 6192, 6196, 6198, 7027];

/** Returns a function that says whether the types of a project refuse a text instead of that of one of its files. */
export function openTypes(project: string): (file: string, text: string) => boolean {
  const config = ts.getParsedCommandLineOfConfigFile(project, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
    },
  });
  if (config === undefined) throw new Error(`there is no ${project}`);
  let changed: { readonly path: string; readonly text: string } | undefined;
  let version = 0;
  const service = ts.createLanguageService({
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => config.options,
    getScriptFileNames: () => config.fileNames,
    getScriptVersion: (path) => (path === changed?.path ? String(version) : "0"),
    getScriptSnapshot: (path) => {
      const text = path === changed?.path ? changed.text : ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  });
  return (file, text) => {
    changed = { path: resolve(file), text };
    version++;
    return service.getSemanticDiagnostics(changed.path).some(({ code }) => !leftOver.includes(code));
  };
}
