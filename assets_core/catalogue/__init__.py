"""What people see of a project: values, and safe pieces of pages, for site and notebook."""
