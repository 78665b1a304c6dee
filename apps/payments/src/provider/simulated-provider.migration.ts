import { ledgerBookSql } from '@murmuration/effects';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export const SIMULATED_PROVIDER_SCHEMA = 'simulated_provider';

export class CreateSimulatedProvider1790000020000 implements MigrationInterface {
  readonly name = 'CreateSimulatedProvider1790000020000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of ledgerBookSql(SIMULATED_PROVIDER_SCHEMA)) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP SCHEMA ${SIMULATED_PROVIDER_SCHEMA} CASCADE`);
  }
}
