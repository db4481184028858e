import type { Conf } from "../conf/conf.ts";
import { type Output, quoteExecWord } from "../output.ts";
import { dropInPath, renderOrigin, renderSource } from "./render-instance.ts";
import { describeError, type ConfError } from "../conf/sandbox-error.ts";

// More does not fit on a screen, and a line of a unit file may have 1 MiB.
const mostErrors = 20;

/** Drop-ins of a sandbox whose conf is wrong: its start fails and says why; a running one can still be stopped. */
export function renderFailure(
  { name, path, files }: Pick<Conf, "name" | "path" | "files">,
  errors: readonly ConfError[],
  show: (text: string) => string,
): readonly Output[] {
  const more = errors.length - mostErrors;
  const messages = [
    ...errors.slice(0, mostErrors).map((error) => show(describeError(error))),
    ...(more > 0 ? [`and ${more} more; sandboxcontainer verify ${name} lists them all`] : []),
  ];
  const words = messages.map((message) => quoteExecWord(`<3>${message}`));
  const text = `${renderOrigin(files)}
[Unit]
${renderSource(path)}
Description=Sandbox ${name} (error in its conf)
# For systemd a link that leads nowhere does not exist.
AssertPathExists=

[Service]
Restart=no
ExecStartPre=
ExecStartPre=/bin/sh -c 'printf "%%s\\n" "$$@" >&2; exit 2' sh ${words.join(" ")}
`;
  return [
    { kind: "file", path: dropInPath(`sandbox@${name}.service`), text },
    {
      kind: "file",
      path: dropInPath(`sandbox-root@${name}.service`),
      // The root always exists: never true, so the step is skipped and the failure above is the one to read.
      text: `${renderOrigin(files)}\n[Unit]\nConditionPathExists=!/\n`,
    },
  ];
}
