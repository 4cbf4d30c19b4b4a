import type { Act } from '../../tracing/act.ts'

/** What loads and calls packages in the box (`sandbox/plan/drivers`). */
const DRIVER = /^\/home\/[^/]+\/projects\/[^/]+\/scripts\/(?:turns|load|call|given|modules)\.(?:cjs|py)$/

/** What starts hooks and builds, where the line that started a process is all that is known. */
const MANAGER = /\/node_modules\/(?:npm|corepack)\/|\/(?:site-packages|__env_pip__\.zip)\/pip\//

/** A line of code did it, of whomever; what an interpreter does while nothing but a driver of the box runs in it is its own. */
export const isByCode = ({ by }: Pick<Act, 'by'>): boolean => by !== null && !(by.package === null && (DRIVER.test(by.file) || MANAGER.test(by.file)))
