SELECT Id FROM Account WHERE IsDeleted = false
