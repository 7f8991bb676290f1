import { Column, CreateDateColumn, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { ProjectEntity } from './project.entity.js';

/** A key with which a client may send events of one project. The key itself is not kept. */
@Entity('write_keys')
export class WriteKeyEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: number;

  @ManyToOne(() => ProjectEntity, { nullable: false })
  @JoinColumn({ name: 'project_id' })
  project: Relation<ProjectEntity>;

  /** SHA-256 of the key, 64 hexadecimal digits. */
  @Column('text', { name: 'key_hash', unique: true })
  keyHash: string;

  /** For people, to tell keys apart. */
  @Column('text')
  label: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** From then on the key is refused; `null`: it is valid. */
  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
