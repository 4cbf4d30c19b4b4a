import type { Screened } from '../screening/screen.ts'
import { purlOf } from '../screening/purl.ts'

/** What `--json` prints. */
export function asJson({ finds, ...rest }: Screened, where: string): object {
  return { where, ...rest, finds: finds.map((one) => ({ purl: purlOf(one), ...one })) }
}
