"""What stacks are made of: buckets and keys, log groups, published files, the notice topic, Airflow's options."""
