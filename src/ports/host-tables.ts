export interface HostTables {
}
