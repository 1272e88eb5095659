SELECT Id, Amount FROM Opportunity WHERE IsWon = true ORDER BY Amount
