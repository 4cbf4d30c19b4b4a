/*
 * What programs of WebAssembly are put together from (WebAssembly Core Specification 2.0, "Binary Format"): JavaScript has no vectors,
 * WebAssembly has, and the few that are needed are shorter than what would assemble them.
 */

export const unsigned = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)])
const signed = (value: number): number[] => (value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)])
export const vector = (operation: number, ...rest: number[]): number[] => [0xfd, ...unsigned(operation), ...rest]
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes]

export const get = (local: number): number[] => [0x20, local]
export const set = (local: number): number[] => [0x21, local]
export const tee = (local: number): number[] => [0x22, local]
export const number = (value: number): number[] => [0x41, ...signed(value | 0)]
export const loop = (body: readonly number[]): number[] => [0x03, 0x40, ...body, 0x0b]
export const [I32, V128] = [0x7f, 0x7b]
export const [ADD, LESS, REPEAT_IF] = [[0x6a], [0x49], [0x0d, 0]]
export const load = (offset: number): number[] => vector(0x00, 4, ...unsigned(offset))

const section = (id: number, bytes: readonly number[]): number[] => [id, ...sized(bytes)]
const name = (text: string): number[] => sized([...text].map((letter) => letter.charCodeAt(0)))

/** What is used of it; the library that types are taken from is one without a browser. */
declare const WebAssembly: { Module: new (bytes: Uint8Array) => object; Instance: new (module: object) => { exports: unknown }; CompileError: new () => Error }

export interface Program { memory: { buffer: ArrayBuffer }; run(end: number): void }

/** A function of one number with memory of its own, in pages of 64 KiB. `body`: its locals and instructions. Null on a processor without vectors. */
export function assemble(pages: number, body: readonly number[]): Program | null {
  const program = Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [1, 0x60, 1, I32, 0]), ...section(3, [1, 0]), ...section(5, [1, 0, ...unsigned(pages)]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('run'), 0, 0]),
    ...section(10, [1, ...sized(body)]),
  ])
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(program)).exports as unknown as Program
  } catch (thrown) {
    if (thrown instanceof WebAssembly.CompileError) return null
    throw thrown
  }
}
