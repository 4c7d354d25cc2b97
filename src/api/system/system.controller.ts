import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { SystemView } from '../common/dto';
import { SystemService } from './system.service';

@ApiTags('health')
@Controller('system')
export class SystemController {
  constructor(private readonly service: SystemService) {}

  @Get()
  @ApiOperation({
    summary: 'Health, workers, queues, slots, running scripts, disk, spend, versions, and what the checks found',
  })
  @ZodResponse({ status: 200, type: SystemView })
  async system() {
    return await this.service.view();
  }
}
