import type { Conf } from "../conf/conf.ts";
import { type Output, quoteExecWord } from "../output.ts";
import { dropInPath, renderOrigin, renderSource } from "./render-instance.ts";
import { describeError, type ConfError } from "../conf/sandbox-error.ts";

// More errors do not fit on a screen, and a line of a unit file has at most 1 MiB.
const mostErrors = 20;

/** Renders the drop-in of a sandbox whose conf is wrong. Its start fails and says why; a stop still works. */
export function renderFailure(
  { name, path, files }: Pick<Conf, "name" | "path" | "files">,
  errors: readonly ConfError[],
  show: (text: string) => string,
): Output {
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
# Reset, because a conf that is a broken link does not exist for systemd.
AssertPathExists=

[Service]
Restart=no
ExecStartPre=
ExecStartPre=/bin/sh -c 'printf "%%s\\n" "$$@" >&2; exit 2' sh ${words.join(" ")}
`;
  return { kind: "file", path: dropInPath(`sandbox@${name}.service`), text };
}
