import { ledgerBookSql } from '@murmuration/effects';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export const SIMULATED_CARRIER_SCHEMA = 'simulated_carrier';

export class CreateSimulatedCarrier1790000020000 implements MigrationInterface {
  readonly name = 'CreateSimulatedCarrier1790000020000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of ledgerBookSql(SIMULATED_CARRIER_SCHEMA)) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP SCHEMA ${SIMULATED_CARRIER_SCHEMA} CASCADE`);
  }
}
