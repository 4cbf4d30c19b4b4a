export interface SandboxTables {
}
