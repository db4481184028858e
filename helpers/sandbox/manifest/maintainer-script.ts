/** The steps of a maintainer script beyond those that debhelper adds to every script. */

// Between these lines are units, accounts, alternatives, caches of /usr (debhelper(7), autoscripts). None of them is
// data.
const automatic = /^# Automatically added by .*?^# End automatically added section$/gms;
const endOfAutomatic = /^# End automatically added section$/gm;
const comment = /^[ \t]*#.*/gm;
// Data of the excluded ones belongs to the package manager.
const dataPath = /\/(?:var\/(?:lib|spool|cache|mail|games)|srv|opt)\/(?!dpkg\b|ucf\b|apt\b|systemd\b)/;
// Anything else below /var may be content for a service, such as /var/www. Logs, and what no boot keeps, are not.
const otherContent = /\/var\/(?!(?:lib|spool|cache|mail|games|log|run|lock|tmp|backups|crash)\b)[\w.-]+/;
const sourced = /^[ \t]*(?:\.|source)[ \t]+(\/(?!usr\/share\/debconf\/)\S+)/gm;
const frame = /^(?:set .*|exit \d|:|true|esac|fi|;;|case .* in|\*\)|[\w|-]+\)|echo .*|)$/;

/** The script without comments and without debhelper's additions. */
function readOwn(script: string): string {
  // Behind the last end the expression would look for one in vain, from each beginning on.
  const last = [...script.matchAll(endOfAutomatic)].at(-1);
  const end = last === undefined ? 0 : last.index + last[0].length;
  return `${script.slice(0, end).replace(automatic, "")}${script.slice(end)}`.replace(comment, "");
}

/** Whether the package's maintainer wrote any step. */
export const hasOwnSteps = (script: string): boolean =>
  readOwn(script)
    .split("\n")
    .some((line) => !frame.test(line.trim()));

/** Whether one of the maintainer's steps names a place for data or other content, or is in another file. */
export const namesData = (script: string): boolean =>
  [dataPath, otherContent].some((place) => place.test(readOwn(script))) || findSourced(script).length > 0;

/** The paths of other content than data that the maintainer's steps name: a page in /var/www. */
export const findContent = (script: string): readonly string[] =>
  findNamed(script, "/var/").filter((path) => otherContent.test(path));

/** The paths below a directory (`/etc/`) that the maintainer's steps name. */
export const findNamed = (script: string, below: string): readonly string[] =>
  [...readOwn(script).matchAll(/(?:\/[\w.@+-]+)+/g)].map(([path]) => path).filter((path) => path.startsWith(below));

/** The files that contain further steps of the maintainer. */
export const findSourced = (script: string): readonly string[] =>
  [...readOwn(script).matchAll(sourced)].map(([, path = ""]) => path);

/** Whether a path is a place for data. Logs are not: they begin with the first line that is written. */
export const isData = (path: string): boolean => dataPath.test(path);
