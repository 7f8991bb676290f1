import { DashboardConfigDto, LedgerDto, LedgerQueryDto, MAX_LEDGER_DAYS, PipelineDto, ProjectQueryDto } from '@analytics/dto';
import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { boundTo } from '../access/caller.js';
import { Identification } from '../access/identification.service.js';
import { Needs, Public } from '../access/needs.decorator.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { ApiAnswer } from '../http/api-answer.decorator.js';
import { QueryAnswers } from '../queries/query-answers.service.js';

@ApiTags('pipeline')
@Controller('api/v1')
export class PipelineController {
  constructor(
    private readonly answers: QueryAnswers,
    private readonly identification: Identification,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  @Get('pipeline')
  @Needs('read', 'everything')
  @ApiAnswer({
    summary: 'Rates, lag, freshness and totals of the whole pipeline',
    description: 'Not limited to a project; `project` is taken so that every query takes it.',
    type: PipelineDto,
  })
  pipeline(@Query() params: ProjectQueryDto): Promise<PipelineDto> {
    return this.answers.ask('pipeline', params);
  }

  @Get('ledger')
  @ApiAnswer({
    summary: 'What became of every accepted event, by the minute',
    description:
      `accepted = stored + duplicate + dead + in flight; what is left over is the residue: 0, or something is wrong. At most ${MAX_LEDGER_DAYS} days. ` +
      'A difference counts as residue after it has stood still for 6 s and in-flight events do not explain it, so that a busy system shows 0 too.',
    type: LedgerDto,
  })
  ledger(@Query() params: LedgerQueryDto): Promise<LedgerDto> {
    return this.answers.ask('ledger', params);
  }

  @Get('config')
  @Public()
  @ApiAnswer({
    summary: 'What the dashboard needs to know before it asks anything',
    description: 'The write key of `demo` is told only to who may see that project.',
    type: DashboardConfigDto,
    takesQuery: false,
    open: true,
  })
  async dashboardConfig(@Req() request: Request): Promise<DashboardConfigDto> {
    // Nobody is known while the database is away, and the rest of the answer needs none.
    const caller = await this.identification.ofRequest(request).catch(() => null);
    const seesDemo = caller !== null && caller.kind !== 'link' && [null, 'demo'].includes(boundTo(caller));
    return {
      collectorUrl: this.config.COLLECTOR_URL,
      selfWriteKey: this.config.SELF_WRITE_KEY ?? null,
      demoWriteKey: (seesDemo && this.config.DEMO_WRITE_KEY) || null,
    };
  }
}
