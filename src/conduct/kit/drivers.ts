import type { Act } from '../../tracing/act.ts'

/** What loads and calls packages in the box (`sandbox/plan/drivers`). */
const DRIVER = /^\/home\/[^/]+\/projects\/[^/]+\/scripts\/(?:turns|load|call|given|modules)\.(?:cjs|py)$/

/** A line of code did it, of whomever; what an interpreter does while nothing but a driver of the box runs in it is its own. */
export const isByCode = ({ by }: Pick<Act, 'by'>): boolean => by !== null && !(by.package === null && DRIVER.test(by.file))
