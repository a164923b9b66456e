select * from read_csv('people.csv'), 'data/towns_2024.parquet', "parity"."raw_lake"."events_v2", "parity"."plain"."things"
-- events_v2 raw_lake parity True