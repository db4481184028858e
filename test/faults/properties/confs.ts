import fc from "fast-check";
import { type SettingName, settingNames, settings } from "../../../conf/settings.ts";

const port = fc.integer({ min: 1, max: 65_535 });
const byte = fc.nat(255);
const ipv4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join("."));
const folder = fc
  .array(
    fc.stringMatching(/^[A-Za-z0-9_%$\\"' -]{1,8}$/).map((name) => name.trim() || "x"),
    { minLength: 1, maxLength: 4 },
  )
  // A backslash at the end would continue the line.
  .map((names) => `/srv/${names.join("/")}`.replace(/\\+$/, "x"));
/** A range has the same number of ports on both sides. UDP does not lead to a loopback. */
const publish = fc
  .record({
    address: fc.constantFrom("", "[::1]:", "[2001:DB8:0::7]:", "[::]:", "0.0.0.0:", "127.0.0.1:", "192.0.2.7:"),
    host: port,
    inside: port,
    more: fc.oneof(fc.constant(0), fc.nat(999)),
    end: fc.constantFrom("", "/tcp", "/udp", ",proxy-protocol", "/tcp,proxy-protocol"),
  })
  .map(({ address, host, inside, more, end }) => {
    const last = Math.min(more, 65_535 - Math.max(host, inside));
    const range = (first: number): string => (last === 0 ? String(first) : `${first}-${first + last}`);
    const isLocal = address === "[::1]:" || address.startsWith("127.");
    return `${address}${range(host)}:${range(inside)}${isLocal ? end.replace("/udp", "") : end}`;
  });
const subnetOf = (start: string, prefix: number): string => {
  const bits = start.split(".").reduce((all, each) => all * 256 + Number(each), 0) * 65_536;
  const masked = Math.floor(bits / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(masked / 2 ** shift) % 256).join(".")}/${prefix}`;
};
/** Texts that a setting of a kind accepts, by what it takes. */
const valuesOf: Readonly<Record<string, fc.Arbitrary<string>>> = {
  unit: fc.constantFrom("apache2.service", "postgresql@17-main.service", "x.socket"),
  command: fc.constantFrom("/usr/bin/sleep infinity", '/bin/sh -c "echo a  b"', "/bin/x 'a' \\x41"),
  package: fc.constantFrom("php", "libc6:amd64"),
  "yes-no": fc.constantFrom("yes", "no", "true", "off"),
  "kind:inside=what": fc.oneof(
    fc
      .tuple(fc.constantFrom("host-bind", "guest-bind", "host-bind,suid", "host-bind,ro"), folder, folder)
      .map(([k, a, b]) => `${k}:${a}=${b}/b`),
    fc.tuple(folder, fc.integer({ min: 4096 })).map(([path, bytes]) => `ram:${path}=${bytes}`),
  ),
  size: fc.integer({ min: 16, max: 4096 }).map((size) => `${size}M`),
  user: fc.constantFrom("www-data", "33"),
  group: fc.constantFrom("www-data", "33"),
  folder,
  network: fc.constantFrom("none", "host", "default", "bridge:br0"),
  "address/length": fc.oneof(
    fc.constant("dhcp"),
    ipv4.map((address) => `${address.replace(/^\d+/, "10")}/24`),
  ),
  "subnet via gateway": ipv4.map((address) => `10.0.0.0/8 via ${address}`),
  address: fc.oneof(ipv4, fc.constantFrom("2001:db8::1", "2001:DB8:0::7", "::1")),
  mac: fc.constantFrom("52:54:00:12:34:56", "02:AB:00:00:00:01"),
  filter: fc.constantFrom("clean-traffic", "none"),
  "[address:]hostport:port[/udp]": publish,
  subnet: fc.oneof(
    fc.tuple(byte, fc.integer({ min: 8, max: 24 })).map(([second, prefix]) => subnetOf(`10.${second}`, prefix)),
    fc.stringMatching(/^[1-9a-f][0-9a-f]{0,3}$/).map((group) => `fd12:${group}::/48`),
  ),
  "[address:]port": fc.oneof(
    port.map(String),
    port.map((each) => `[2001:db8::1]:${each}/udp`),
  ),
  time: fc.oneof(fc.integer({ min: 1, max: 10_000 }).map(String), fc.constantFrom("5min", "1h 30min", "2d")),
  label: fc.constantFrom("dynamic", "none", "selinux", "apparmor", "a:b:c:s0:c1,c2", "my-profile"),
  id: fc.integer({ min: 8, max: 28_671 }).map((index) => String(index * 65_536)),
  level: fc.tuple(fc.nat(511), fc.integer({ min: 512, max: 1023 })).map(([low, high]) => `s0:c${high},c${low}`),
  type: fc.constantFrom("container_file_t"),
  capability: fc.constantFrom("+CAP_NET_RAW", "-all", "+net_admin", "-cap_chown", "+CAP_SYS_ADMIN"),
  calls: fc.constantFrom("userfaultfd", "~@mount", "@keyring bpf"),
};

/** Texts that a setting accepts. */
export const validValues = Object.fromEntries(
  settingNames.map((name) => [name, valuesOf[settings[name].takes] ?? fc.constantFrom(...settings[name].words)]),
) as Readonly<Record<SettingName, fc.Arbitrary<string>>>;

/** A line of a conf. */
export interface Line {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

const word = fc.stringMatching(/^[!-Z^-~ü☃]{1,12}$/);
const sentence = fc.array(word, { maxLength: 3 }).map((words) => words.join(" "));
const lineWith = (section: string, keys: readonly string[], value: fc.Arbitrary<string>): fc.Arbitrary<Line> =>
  fc.tuple(fc.constantFrom(...keys), value).map(([key, each]) => ({ section, key, value: each }));
const passedOn: fc.Arbitrary<Line> = fc.oneof(
  lineWith("Unit", ["Description", "After", "StartLimitAction", "X-Mine"], sentence),
  lineWith("Service", ["Restart", "ExecStartPost", "StartLimitAction", "TimeoutStopSec"], sentence),
  lineWith("Resources", ["MemoryMax", "DeviceAllow"], word),
  lineWith("Timer", ["OnCalendar", "OnUnitInactiveSec", "AccuracySec"], word),
  lineWith("Snapshots", ["OnCalendar", "Keep", "Persistent"], word),
  lineWith("Install", ["WantedBy"], fc.constant("multi-user.target")),
);

const lineOf = (section: string, key: SettingName): fc.Arbitrary<Line> =>
  validValues[key].map((value) => ({ section, key, value }));

/** Lines that are each right; a whole conf of them may be wrong. */
export const anyLine: fc.Arbitrary<Line> = fc.oneof(
  lineOf("Sandbox", "Unit"),
  lineOf("Sandbox", "Package"),
  lineOf("Sandbox", "Mount"),
  lineOf("Sandbox", "Image"),
  lineOf("Network", "Publish"),
  lineOf("Network", "DNS"),
  lineOf("Network", "Network"),
  lineOf("Security", "Capabilities"),
  lineOf("Security", "Label"),
  passedOn,
);

/** How one line is laid out: what stands around it, and whether it is cut where it has a blank. */
interface Layout {
  readonly before: readonly string[];
  readonly indent: string;
  readonly equals: string;
  readonly cut: string | undefined;
  readonly end: string;
}

const layout: fc.Arbitrary<Layout> = fc.record({
  before: fc.array(fc.constantFrom("", "# a comment", "; another = x \\", "   # [Sandbox]"), { maxLength: 2 }),
  indent: fc.constantFrom("", "  ", "\t"),
  equals: fc.constantFrom("=", " = ", "= "),
  cut: fc.option(fc.constantFrom("\\\n", "\\\n# in between\n", "\\\n   "), { nil: undefined, freq: 5 }),
  end: fc.constantFrom("\n", "\r\n", " \n"),
});

/** A conf as a person may have written it: its text, and the lines that are in it. */
export interface WrittenConf {
  readonly lines: readonly Line[];
  readonly text: string;
}

export const writtenConf: fc.Arbitrary<WrittenConf> = fc
  .array(fc.tuple(anyLine, layout), { maxLength: 8 })
  .map((laidOut) => ({ lines: laidOut.map(([line]) => line), text: write(laidOut) }));

function write(laidOut: readonly (readonly [Line, Layout])[]): string {
  let section = "";
  return laidOut
    .map(([line, { before, indent, equals, cut, end }]) => {
      const head = line.section === section ? "" : `${indent}[${line.section}]${end}`;
      section = line.section;
      const value = cut === undefined ? line.value : line.value.replaceAll(/(?<=[!-[\]-~]) (?=[!"$-:<-~])/g, cut);
      return `${head}${before.map((each) => `${each}\n`).join("")}${indent}${line.key}${equals}${value}${end}`;
    })
    .join("");
}
