import type { Command } from 'commander'
import type { Logger } from 'pino'
import type { App } from '../app.ts'
import type { Config } from '../config.ts'
import type { ClientSettings } from '../config/clients.ts'
import type { Upstreams } from '../config/discover.ts'
import type { Policy } from '../core/policy.ts'
import type { Transport } from '../host/spool/sender.ts'
import type { ReadFolder } from '../ports/rows.ts'

export interface ConfigOptions {
  /** Path of the configuration file; absent: `SLUICE_CONFIG`, then `sluice.yaml` where there is one. */
  config?: string
  overrides: { host?: string; port?: number; data?: string }
}

export interface OpenOptions extends ConfigOptions {
  /** Only warnings in the log: for commands that print something themselves. */
  quiet: boolean
  /** Whether the registries are needed; finding them asks the clients of this machine, which takes a moment. */
  upstreams: boolean
}

/** A data folder opened with everything around it. */
export interface Opened {
  app: App
  found: Upstreams
  log: Logger
  config(): Config
  /** Reads the configuration again, from exactly this file; throws when it is gone or not valid, and the old one stays. */
  reload(file: string): Config
  /** The policy a text of a `sluice.yaml` would give; throws ConfigError. */
  parsePolicy(text: string): Policy
}

export interface Settings {
  /** Absolute path. */
  data: string
  policy: Policy
  /** null: there is no file. */
  config: Config | null
}

/** What commands are given: ways to open things and to print. Commands print; they decide nothing. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>
  /** Reads and checks the configuration alone. Throws ConfigError. */
  configure(options: ConfigOptions): Config
  /** As `configure`, at once where there is no configuration file. Throws ConfigError. */
  settings(options: ConfigOptions): Settings
  open(options: OpenOptions): Promise<Opened>
  /** Opens a data folder for reading alone, at once; null where there is none. Throws `storage`. */
  read(data: string, options: ConfigOptions): Promise<ReadFolder | null>
  /** Hosts of the registries, as configuration, environment or this machine's clients have them; asking those takes a moment. Throws ConfigError. */
  ownHosts(options: ConfigOptions): Promise<string[]>
  /** The package managers of this machine. */
  clients(): ClientSettings
  /** The way to the gate that is told what happens on this machine; null: none is named. */
  hostTransport(config: Config): Promise<(Transport & { close(): Promise<void> }) | null>
  out: NodeJS.WritableStream & { isTTY?: boolean; columns?: number }
  err: NodeJS.WritableStream & { isTTY?: boolean }
}

/** Adds one command to the program. `done` sets the exit code where it is not 0. */
export type AddCommand = (program: Command, surroundings: Surroundings, done: (code: number) => void) => void
