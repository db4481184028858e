/** The part of Cockpit's JavaScript API that the page uses: Cockpit Guide, "API reference for developers". */
declare namespace cockpit {
  type Superuser = "try" | "require";

  interface Failure {
    readonly message: string;
    readonly problem: string | null;
    readonly exit_status?: number | null;
  }

  /** A process on the host. Its promise resolves to what it wrote to standard output. */
  interface Process<Output = string> extends Promise<Output> {
    stream(consume: (text: Output) => void): this;
    input(text: string, more?: boolean): this;
    close(problem?: string): void;
  }

  interface SpawnOptions {
    readonly superuser?: Superuser;
    readonly err?: "out" | "ignore" | "message";
    readonly environ?: readonly string[];
  }

  interface Channel {
    send(text: string): void;
    control(message: object): void;
    close(problem?: string): void;
    addEventListener(event: "message", on: (event: Event, data: string) => void): void;
    addEventListener(event: "close", on: (event: Event, options: { readonly problem?: string | null }) => void): void;
  }

  interface DBusClient {
    call(path: string, iface: string, method: string, args?: readonly unknown[]): Promise<readonly unknown[]>;
    subscribe(
      match: {
        readonly path?: string;
        readonly path_namespace?: string;
        readonly interface?: string;
        readonly member?: string;
      },
      on: (path: string, iface: string, signal: string, args: readonly unknown[]) => void,
    ): { remove(): void };
    addEventListener(event: "close", on: (event: Event, options: { readonly problem?: string }) => void): void;
    close(): void;
  }

  interface File {
    read(): Promise<string | null>;
    watch(on: (content: string | null, tag: string) => void, options?: { readonly read?: boolean }): { remove(): void };
    close(): void;
  }

  interface Permission {
    readonly allowed: boolean | null;
    addEventListener(event: "changed", on: () => void): void;
    removeEventListener(event: "changed", on: () => void): void;
    close(): void;
  }

  interface Location {
    readonly path: readonly string[];
    readonly options: Readonly<Record<string, string | readonly string[]>>;
    go(path: readonly string[] | string, options?: Readonly<Record<string, string>>): void;
  }

  const location: Location;
  const language: string | undefined;
  const transport: { readonly csrf_token: string; wait(on: () => void): void };
  function addEventListener(event: "locationchanged", on: () => void): void;
  function spawn(args: readonly string[], options?: SpawnOptions): Process;
  function channel(options: object): Channel;
  function dbus(name: string, options?: { readonly bus?: "system"; readonly superuser?: Superuser }): DBusClient;
  function file(path: string, options?: { readonly superuser?: Superuser; readonly max_read_size?: number }): File;
  function permission(options: { readonly admin: true }): Permission;
  function gettext(text: string): string;
  function ngettext(one: string, many: string, count: number): string;
  function format(template: string, ...args: readonly (string | number)[]): string;
  function format_bytes(bytes: number): string;
}
