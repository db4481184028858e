import { splitCredential } from "../../../conf/credentials.ts";
import type { ConfTexts } from "../../../conf/load-conf.ts";
import { readValues, writeValues } from "./edit-conf-text.ts";

/**
 * Takes the secrets out of the texts of a conf, for somebody else: in place of SetCredential=NAME:TEXT systemd looks for NAME in
 * /etc/credstore (systemd.exec(5), LoadCredential=). Returns their names too. SetCredentialEncrypted= stays: only this host can
 * read it.
 */
export function withoutSecrets({ text, dropIns }: ConfTexts): {
  readonly texts: ConfTexts;
  readonly names: readonly string[];
} {
  const texts = {
    text: replaceIn(text),
    dropIns: new Map([...dropIns].map(([file, each]) => [file, replaceIn(each)])),
  };
  return { texts, names: [text, ...dropIns.values()].flatMap(findNames) };
}

const findNames = (text: string): readonly string[] =>
  readValues(text, "Service", "SetCredential").flatMap((value) =>
    value === "" ? [] : [splitCredential({ value }).name],
  );

function replaceIn(text: string): string {
  const names = findNames(text);
  if (names.length === 0) return text;
  const loaded = readValues(text, "Service", "LoadCredential");
  const isLoaded = (name: string): boolean => loaded.some((value) => splitCredential({ value }).name === name);
  const rest = writeValues(text, "Service", "SetCredential", []);
  return writeValues(rest, "Service", "LoadCredential", [...loaded, ...names.filter((name) => !isLoaded(name))]);
}
