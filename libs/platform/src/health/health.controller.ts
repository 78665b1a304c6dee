import { Controller, Get, Inject, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Answers } from '../http/docs';
import { Health, type HealthReport } from './health';

const UNAVAILABLE = 503;

const componentStatus = z.enum(['up', 'degraded', 'down']);
const healthReport = z.object({
  status: componentStatus,
  components: z.record(z.string(), z.object({ status: componentStatus, detail: z.string().optional() })),
});
const shownLife = z.object({ status: z.literal('up') });

@ApiTags('operations')
@Controller({ path: 'health', version: VERSION_NEUTRAL })
export class HealthController {
  constructor(@Inject(Health) private readonly health: Health) {}

  @Get('live')
  @Answers('Whether the process answers at all', 200, shownLife)
  live(): { readonly status: 'up' } {
    return { status: 'up' };
  }

  @Get('ready')
  @Answers('Whether the service can do its work, with a line per component', 200, healthReport)
  @ApiResponse({ status: UNAVAILABLE, description: 'It cannot', standardSchema: healthReport })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    const report = await this.health.report();
    if (report.status === 'down') void reply.status(UNAVAILABLE);
    return report;
  }
}
