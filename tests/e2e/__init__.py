"""Whole runs in one Airflow. A package, so that fixtures can be its own and end with its last test."""
