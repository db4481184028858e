import assert from "node:assert/strict";
import { test } from "node:test";
import type { Ran } from "../../bed-tests/bed.ts";
import { compareLooks, isThere, subtractLook } from "../../survey.d/compare-looks.ts";
import { type Look, look, parseInetSockets, parseUnixSockets } from "../../survey.d/look.ts";

const host: Look = {
  state: "active running",
  processes: ["www nginx"],
  sockets: ["tcp 0.0.0.0:80"],
  files: ["/var/log/nginx/access.log"],
};

test("the same looks have no difference, and more files in the sandbox are none", () => {
  assert.deepEqual(compareLooks(host, { ...host, files: [...host.files, "/etc/machine-id"] }), []);
});

test("each difference has a line", () => {
  const sandbox = { state: "active exited", processes: ["root nginx"], sockets: [], files: [] };
  assert.deepEqual(compareLooks(host, sandbox), [
    "state: active exited, not active running",
    "processes: no www nginx",
    "processes: also root nginx",
    "sockets: no tcp 0.0.0.0:80",
    "files: no /var/log/nginx/access.log",
  ]);
});

test("what was there before a start is not the unit's", () => {
  const before = { ...host, state: "inactive dead", sockets: ["tcp 0.0.0.0:22"], files: [] };
  const after = { ...host, sockets: ["tcp 0.0.0.0:22", "tcp 0.0.0.0:80"] };
  assert.deepEqual(subtractLook(after, before).sockets, ["tcp 0.0.0.0:80"]);
  assert.equal(isThere(after), true);
  assert.equal(isThere(before), false);
});

test("a port that the kernel chose has no number, and the sockets of the system are left out", () => {
  const text = [
    "udp   UNCONN 0 0    127.0.0.1:323   0.0.0.0:*",
    "tcp   LISTEN 0 128 [::]:41234 [::]:*",
    "udp   UNCONN 0 0    192.168.122.39%eth0:68 0.0.0.0:*",
  ].join("\n");
  assert.deepEqual(parseInetSockets(text), ["udp localhost:323", "tcp *:any"]);
  const unix = [
    "u_str LISTEN 0 4096 /run/systemd/notify 123 * 0",
    "u_str LISTEN 0 5 /run/php/php8.4-fpm.sock 456 * 0",
    "u_str LISTEN 0 5 @ISCSI 789 * 0",
  ];
  assert.deepEqual(parseUnixSockets(unix.join("\n")), ["/run/php/phpN.N-fpm.sock", "@ISCSI"]);
});

test("a look asks for the processes of the service, also of its socket", async () => {
  const answers: Readonly<Record<string, string>> = {
    systemctl: "active\nlistening\n",
    busctl:
      '{"type":"a(sus)","data":[[["/system.slice/tangd.service",7,"tangd"],["/system.slice/tangd.service",9,"tangd"]]]}',
    ps: "tangd            tangd\ntangd            tangd\n",
    find: "/run/x/12.pid\n/run/x/13.pid\n",
  };
  const asked: (readonly string[])[] = [];
  const found = await look(
    (...command) => {
      asked.push(command);
      return Promise.resolve({ status: 0, stdout: answers[command[0] ?? ""] ?? "", stderr: "" });
    },
    "tangd.socket",
    { data: 1000, configuration: 0 },
  );
  assert.deepEqual(found, {
    state: "active listening",
    processes: ["tangd tangd"],
    sockets: [],
    files: ["/run/x/N.pid"],
  });
  assert.equal(asked.find(([program]) => program === "busctl")?.at(-1), "tangd.service");
  assert.ok(asked.some((command) => command.includes("7,9")));
  const finds = asked.filter(([program]) => program === "find");
  assert.deepEqual(
    finds.map((command) => [command.includes("/etc"), command.find((word) => word.startsWith("@"))]),
    [
      [false, "@1000"],
      [true, "@0"],
    ],
  );
});

test("the name of the host is no difference, wherever a service puts it", async () => {
  const lookAt = (host: string, process: string, path: string): Promise<Look> => {
    const answers: Readonly<Record<string, string>> = {
      uname: `${host}\n`,
      systemctl: "active\nrunning\n",
      busctl: '{"type":"a(sus)","data":[[["/system.slice/winbind.service",7,"winbindd"]]]}',
      ps: `root     winbindd\nroot     ${process}\n`,
      find: `/run/samba/${path}\n`,
    };
    const place = ([program = ""]: readonly string[]): Promise<Ran> =>
      Promise.resolve({ status: 0, stdout: answers[program] ?? "", stderr: "" });
    return look((...command) => place(command), "winbind.service", { data: 0, configuration: 0 });
  };
  const onHost = await lookAt("native-bed", "wb[NATIVE-BED]", "native-bed.pid");
  const inside = await lookAt("survey-012", "wb[SURVEY-012]", "survey-012.pid");
  assert.deepEqual(onHost.processes, ["root wb[HOST]", "root winbindd"]);
  assert.deepEqual(compareLooks(onHost, inside), []);
});
