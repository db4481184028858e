/** What a maintainer script has beside what debhelper adds to every one. */

// Between these lines stand units, accounts, alternatives, caches of /usr (debhelper(7), autoscripts): none of it is data.
const automatic = /^# Automatically added by .*?^# End automatically added section$/gms;
const comment = /^\s*#.*$/gm;
// Data of these is the package manager's own.
const dataPath = /\/(?:var\/(?:lib|spool|cache|mail|games)|srv|opt)\/(?!dpkg\b|ucf\b|apt\b|systemd\b)/;
const sourced = /^\s*(?:\.|source)\s+(\/(?!usr\/share\/debconf\/)\S+)/gm;
const frame = /^(?:set .*|exit \d|:|true|esac|fi|;;|case .* in|\*\)|[\w|-]+\)|echo .*|#.*|)$/;

/** The script without comments and what debhelper added. */
const readOwn = (script: string): string => script.replace(automatic, "").replace(comment, "");

/** Whether the package's maintainer wrote any step at all. */
export const hasOwnSteps = (script: string): boolean =>
  readOwn(script)
    .split("\n")
    .some((line) => !frame.test(line.trim()));

/** Whether a step of the maintainer's names a place of data, or stands in another file. */
export const namesData = (script: string): boolean => dataPath.test(readOwn(script)) || findSourced(script).length > 0;

/** The paths in /etc that steps of the maintainer's name. */
export const findNamedEtc = (script: string): readonly string[] =>
  [...readOwn(script).matchAll(/\/etc\/[\w.@+-]+(?:\/[\w.@+-]+)*/g)].map(([path]) => path);

/** The files that steps of the maintainer's are read from. */
export const findSourced = (script: string): readonly string[] =>
  [...readOwn(script).matchAll(sourced)].map(([, path = ""]) => path);

/** Whether a path is a place of data: logs begin with the first line that is written. */
export const isData = (path: string): boolean => dataPath.test(path);
