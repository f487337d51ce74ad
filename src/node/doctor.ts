export interface MachineReport {
  readonly ok: boolean;
}
export async function examineMachine(_options: { threads: number }): Promise<MachineReport> {
  return { ok: true };
}
export const formatFindings = (report: MachineReport): string => `ok: ${report.ok}`;
