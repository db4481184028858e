import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { ValueError } from "../../../../conf/values/values.ts";
import { isHarmlessIn, listMountPoints } from "../../../../helpers/host/files/mounts.ts";
import { findReplaced } from "../../../../helpers/host/files/replaced-files.ts";
import { isControllerOf } from "../../../../helpers/host/libvirt/find-controller.ts";
import { bridgeOf, parseRefusal, servesDhcp } from "../../../../helpers/host/libvirt/networks.ts";
import { listIpv4, listIpv6, parseLinkAddresses } from "../../../../helpers/host/network/links.ts";
import {
  containerGroup,
  findContainerGroup,
  parseGroups,
  readLegacy,
  readUnified,
} from "../../../../helpers/host/process/cgroup.ts";
import { parseCapabilities, parseProcess, parseStart } from "../../../../helpers/host/process/processes.ts";
import { findLack } from "../../../../helpers/host/walls/apparmor.ts";
import { heedsChildren } from "../../../../helpers/run/tell-controller.ts";
import { testReaders } from "./reader.ts";

const status =
  "Name:\tapache2\nUmask:\t0022\nPPid:\t12\nUid:\t600033\t600033\t600033\t600033\nNSpid:\t77\t5\nVmRSS:\t  1024 kB\nCapBnd:\t00000000a80425fb\n";
const stat = "77 (a) b (c)) S 1 77 77 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 1 2 3 4 5 6 7 8 9 10 65536 12";
const mountinfo =
  "36 35 98:0 /mnt1 /mnt\\0402 rw,nosuid,nodev - ext3 /dev/root rw\n37 36 0:5 / / rw shared:1 - tmpfs x rw\n";

testReaders(
  {
    name: "the groups of a process",
    read: (text) => [parseGroups(text), containerGroup(text), findContainerGroup(text)],
    examples: [
      "0::/machine.slice/machine-lxc\\x2d7\\x2dweb1.scope/libvirt\n",
      "12:pids,memory:/machine/lxc-7.libvirt-lxc\n1:name=systemd:/x\n0::/\n",
    ],
  },
  {
    name: "the usage of a group",
    read: (text) => [readUnified(() => text, 2 ** 33), readLegacy(() => text, 2 ** 33)],
    examples: [
      "usage_usec 1234\n",
      "8:0 rbytes=12 wbytes=7 rios=1\n8:16 rbytes=3\n",
      "8:0 Read 4096\n8:0 Write 1\n",
      "max\n",
    ],
  },
  {
    name: "fib_trie",
    read: listIpv4,
    examples: ["  |-- 192.0.2.7\n     /32 host LOCAL\n  |-- 127.0.0.1\n     /32 host LOCAL\n"],
  },
  {
    name: "if_inet6",
    read: listIpv6,
    examples: [
      "20010db8000000000000000000000007 02 40 00 80     eth0\nfe800000000000000000000000000001 02 40 20 80 eth0\n",
    ],
  },
  {
    name: "ip address",
    read: parseLinkAddresses,
    examples: [
      "2: eth0    inet 192.0.2.7/24 brd 192.0.2.255 scope global eth0\n2: eth0    inet6 fe80::1/64 scope link\n",
    ],
    errors: [ValueError],
  },
  {
    name: "features of AppArmor",
    read: (text) => findLack(() => text),
    examples: ["Y\n", "mount umount userns_create\n", "yes"],
  },
  {
    name: "the status of a process",
    read: (text) => [
      parseProcess(7, text, "a\0b\0"),
      parseCapabilities(text, "CapBnd"),
      parseCapabilities(text, "CapEff"),
    ],
    examples: [status],
  },
  {
    name: "the command line of a process",
    read: (text) => [parseProcess(7, status, text), isControllerOf(parseSandboxName("web1"), text)],
    examples: ["/usr/lib/libvirt/libvirt_lxc\0--name\0web1\0--console\x0025\0", "apache2\0-k\0start\0"],
  },
  { name: "the stat of a process", read: (text) => [parseStart(text), heedsChildren(text)], examples: [stat] },
  {
    name: "the maps of a process",
    read: findReplaced,
    examples: ["7f00-7f01 r-xp 00000000 08:01 123        /usr/lib/x.so (deleted)\n7f02-7f03 rw-p 0 00:00 0 \n"],
  },
  { name: "mountinfo", read: (text) => [listMountPoints(text), isHarmlessIn(text, 36)], examples: [mountinfo] },
  {
    name: "the status of a network",
    read: (text) => [bridgeOf(text), servesDhcp(text)],
    examples: [
      "<networkstatus><network><bridge name='virbr0' stp='on'/><ip address='192.168.122.1' netmask='255.255.255.0'><dhcp>\n<range start='a'/></dhcp></ip><ip family='ipv6' address='x'/></network></networkstatus>",
    ],
  },
  {
    name: "virsh's refusal",
    read: parseRefusal,
    examples: ["error: Network not found: x", "error: network is already active"],
  },
);
