import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** An application whose events are kept apart from all others. */
@Entity('projects')
export class ProjectEntity {
  /** Part of every event and every rollup: `[a-z][a-z0-9-]{0,62}`. */
  @PrimaryColumn('text')
  id: string;

  /** For people. */
  @Column('text')
  name: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
