import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { advise, type Subject } from "../../../../helpers/command/audit/advise.ts";
import { describeDenial, groupDenials, ofSandbox } from "../../../../helpers/command/audit/describe-denial.ts";
import { parseAudit } from "../../../../helpers/command/audit/parse-audit.ts";

const here = import.meta.dirname;
const all = parseAudit(readFileSync(join(here, "fixtures/apparmor.log"), "utf8"));
const web: Subject = {
  name: "web1",
  level: "",
  idBase: 750780416,
  fileType: "sandboxcontainer_file_t",
  mounts: [],
  others: new Map(),
};

test("denials by AppArmor are told in words, with the ways to allow them", () => {
  const text = groupDenials(ofSandbox(all, "web1", undefined))
    .map(({ denial }) =>
      [
        describeDenial(denial, web.idBase),
        ...advise(denial, web).map(({ kind, text: way }) => `    ${kind}: ${way}`),
      ].join("\n"),
    )
    .join("\n");
  const golden = join(here, "golden/apparmor.txt");
  if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(golden, `${text}\n`);
  assert.equal(`${text}\n`, readFileSync(golden, "utf8"));
});

test("those of other sandboxes, of libvirtd, and of our own programs on the host do not count", () => {
  const profiles = new Set(ofSandbox(all, "web1", undefined).map(({ source }) => source.type));
  assert.deepEqual([...profiles].sort(), ["libvirt-sandboxcontainer-web1", "libvirt-sandboxcontainer-web1@service"]);
});

test("a path that somebody inside chose is one argument of a command, and cannot add a rule", () => {
  const [file] = all.filter(({ targetClass, path }) => targetClass === "file" && path !== null);
  assert.ok(file);
  const [way] = advise({ ...file, permissions: ["read"], path: "/tmp/'; reboot; '$(id)" }, web);
  const [, , script = "", name, rule] = way?.command ?? [];
  assert.deepEqual([name, rule], ["sh", `"/tmp/'; reboot; '$(id)" r,`]);
  assert.match(script, /^printf [^;]*$/);
  assert.deepEqual(advise({ ...file, path: '/tmp/x",\n/** rwm,' }, web), []);
});

test("a capability is a setting that the command can set", () => {
  const capability = all.find(({ targetClass }) => targetClass === "capability");
  assert.ok(capability);
  const [way] = advise({ ...capability, permissions: ["sys_nice"] }, web);
  assert.deepEqual(way?.command, ["sandboxcontainer", "set", "web1", "Capabilities+=+CAP_SYS_NICE"]);
});

test("a capability that no setting gives to a service of systemd is a rule", () => {
  const capability = all.find(({ targetClass }) => targetClass === "capability");
  assert.ok(capability);
  const kinds = (profile: string, name: string) =>
    advise({ ...capability, source: { type: profile, level: "" }, permissions: [name] }, web).map(({ kind }) => kind);
  const [own, service] = ["libvirt-sandboxcontainer-web1", "libvirt-sandboxcontainer-web1@service"];
  assert.deepEqual(kinds(own, "setfcap"), ["setting"]);
  assert.deepEqual(kinds(service, "sys_nice"), ["setting"]);
  assert.deepEqual(kinds(service, "setfcap"), ["local"]);
  const [way] = advise({ ...capability, source: { type: service, level: "" }, permissions: ["setfcap"] }, web);
  assert.match(way?.text ?? "", /^printf '%s\\n' 'capability setfcap,' >>/);
});
