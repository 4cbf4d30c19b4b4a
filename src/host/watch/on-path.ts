import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Whether a program is in the folders of PATH, or where the system keeps those of the administrator. */
export const onPath = (name: string, path: string | undefined): boolean => [...(path ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) => {
  try {
    accessSync(join(folder, name), constants.X_OK)
    return folder !== ''
  } catch {
    return false
  }
})
